"""What may go wrong anywhere, in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

ANYWHERE: Mapping[str, str] = MappingProxyType(
    {
        "Nothing was done.": "未執行任何動作。",
        "Nothing was done; please try again in a moment.": "未執行任何動作，請稍後再試。",
        "It is not known whether this was done. Look at the card before you try again.": (
            "無法確認是否已執行，請先查看卡片再重試。"
        ),
        "Somebody else was faster. Look at the card as it stands now.": (
            "已有人先行處理，請查看卡片的最新狀態。"
        ),
        "This took too long.": "處理時間過長。",
        "Something broke in Signalbox.": "Signalbox 發生錯誤。",
        "Reference": "參考編號",
        "There is no {kind} called “{given}”.": "找不到名為「{given}」的{kind}。",
        "service": "服務",
        "environment": "環境",
        "Did you mean {options}?": "是不是要輸入 {options}？",
        "Known are: {options}.": "可用的有：{options}。",
        "{subject} is {state}; {event} is not possible any more.": (
            "{subject} 目前為「{state}」，無法{event}。"
        ),
    }
)
