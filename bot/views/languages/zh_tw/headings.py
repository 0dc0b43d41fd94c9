"""Post-mortems in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.headings import Heading

HEADINGS: Mapping[Heading, str] = MappingProxyType(
    {
        Heading.REPORT: "{ref} 事後檢討：{title}",
        Heading.FACTS: "概要",
        Heading.WHAT: "發生了什麼",
        Heading.NO_SUMMARY: "尚未有人撰寫摘要。",
        Heading.TIMES: "關鍵時刻",
        Heading.WHEN: "時間（UTC）",
        Heading.AFTER: "距開始",
        Heading.MOMENT: "時刻",
        Heading.CLOCKS: "目標與承諾",
        Heading.TARGET_OF: "目標",
        Heading.TOOK_OF: "實際",
        Heading.MET: "達成",
        Heading.MISSED: "未達成",
        Heading.NOT_YET: "未知",
        Heading.RESPONSE: "回應",
        Heading.RESTORED: "解決",
        Heading.BELLS: "時鐘提醒",
        Heading.WHY: "根本原因",
        Heading.HOW: "如何解決",
        Heading.NOT_KNOWN: "尚未得知。",
        Heading.CHANGES_SEEN: "部署",
        Heading.NO_CHANGES: "沒有已知的相關部署。",
        Heading.SUSPECTED: "可疑",
        Heading.BEFORE: "開始前 {time}",
        Heading.ASKED_BY: "由 {who} 提出",
        Heading.AGREED_BY: "由 {who} 核准",
        Heading.NO_APPROVAL: "無需核准",
        Heading.UNDONE_SINCE: "已不再服務",
        Heading.CALLED: "呼叫紀錄",
        Heading.NOBODY_CALLED: "沒有呼叫任何人。",
        Heading.ANSWERED: "{who}，{time}後",
        Heading.NO_ANSWER: "無人回應",
        Heading.LISTS: "清單",
        Heading.WHOLE: "時間軸",
        Heading.EVENT: "事件",
        Heading.TASKS: "處理期間的任務",
        Heading.FOLLOW_UPS: "後續事項",
        Heading.NO_FOLLOW_UPS: "沒有後續事項。",
        Heading.NO_OWNER: "尚無負責人",
        Heading.LEARNT: "學到了什麼",
        Heading.WELL: "哪些做得好？",
        Heading.BADLY: "哪些做得不好？",
        Heading.LUCKY: "哪裡是運氣好？",
        Heading.TO_FILL: "請一起填寫，對事不對人。",
        Heading.BELONGS: "相關連結",
        Heading.MADE: "由 Signalbox 依紀錄產生於 {at} UTC。",
    }
)
