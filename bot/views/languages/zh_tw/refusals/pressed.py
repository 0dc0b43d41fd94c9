"""What is wrong with what somebody pressed or filled in, in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

PRESSED: Mapping[str, str] = MappingProxyType(
    {
        "This button belongs to something that does not exist any more.": (
            "這個按鈕對應的內容已不存在。"
        ),
        "This list belongs to something that does not exist any more.": (
            "這份清單對應的內容已不存在。"
        ),
        "This list does not exist any more.": "這份清單已不存在。",
        "This page does not exist any more.": "這一頁已不存在。",
        "This version of Signalbox does not know “{name}”.": (
            "此版本的 Signalbox 不認得「{name}」。"
        ),
        "This message has no text that can be taken down.": "這則訊息沒有可以記錄的文字。",
        "The ladder has changed; please open the form again.": ("值班層級已變更，請重新開啟表單。"),
        "{ref} has no list “{name}”. It has: {known}. To bring a runbook in, type {command} "
        "runbook {name}": (
            "{ref} 沒有清單「{name}」，現有：{known}。"
            "若要加入處理手冊，請輸入 {command} runbook {name}"
        ),
        "{ref} has no checklist.": "{ref} 沒有檢查清單。",
        "Bring in a runbook by its name: {command} runbook NAME": (
            "可依名稱加入處理手冊：{command} runbook NAME"
        ),
        # Fields of forms
        "It was {value} when this form opened. Choose another.": (
            "開啟表單時即為 {value}，請選擇其他選項。"
        ),
        "Choose a deploy.": "請選擇部署。",
        "Choose a role.": "請選擇角色。",
        "Choose a severity.": "請選擇嚴重等級。",
        "Choose a state.": "請選擇狀態。",
        "Choose how bad it is.": "請選擇嚴重等級。",
        "Choose one of them.": "請擇一選擇。",
        "Choose who takes over.": "請選擇由誰接手。",
        "Choose whom to call.": "請選擇要呼叫誰。",
        "Say what happened.": "請說明發生了什麼事。",
        "Say what helped.": "請說明如何排除。",
        "Say what is being done.": "請說明正在進行的處理。",
        "Say what it was, or “not known”.": "請說明原因，或填寫「不明」。",
        "Say why, in a few words.": "請簡短說明原因。",
        "update": "進度更新",
    }
)
