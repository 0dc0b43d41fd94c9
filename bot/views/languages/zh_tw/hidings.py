"""What is hidden, in Chinese as written in Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.hidings import Hiding

HIDINGS: Mapping[Hiding, str] = MappingProxyType(
    {
        Hiding.REDACTED: "🔒 {ref} 已設為私密，僅參與人員可於專屬頻道檢視。",
        Hiding.CLOSED: (
            "{ref} 已設為私密，此頻道已關閉，請勿在此留言。參與人員將在私人頻道繼續處理。"
        ),
        Hiding.LEFT: ("🔒 {ref} 已設為私密，請勿在此討論。參與人員將在私人頻道繼續處理。"),
        Hiding.OPENED: (
            "🔒 {ref} 為私密事件，但所有人都能讀取此頻道，因此不再於此更新。"
            "請將頻道改回私人，或在私人頻道輸入 `/incident convert {ref}`。"
        ),
        Hiding.ASK: (
            "{ref} 將對未參與的人隱藏，且無法復原。為此事件建立的頻道會移除"
            "機器人的訊息並封存；原本就存在的頻道則保持開放。成員自己寫的內容仍會保留，所有人皆可閱讀。"
        ),
    }
)
