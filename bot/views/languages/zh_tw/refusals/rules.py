"""What the rules of incidents refuse, in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

RULES: Mapping[str, str] = MappingProxyType(
    {
        # What does not fit the state: after “not possible any more”
        "moving to {state}": "改為「{state}」",
        "acknowledging it": "確認接手",
        "resolving it": "解決",
        "changing its severity": "變更嚴重等級",
        "an update": "更新進度",
        "putting the update off": "延後進度提醒",
        "merging it": "併入其他事件",
        "giving a role": "指派角色",
        "handing it over": "交接",
        "taking it over": "接受交接",
        "paging somebody": "呼叫支援",
        "adding a task": "新增待辦事項",
        "giving a task to somebody": "指派待辦事項",
        "ending a task": "完成待辦事項",
        "adding a list": "新增檢查清單",
        "ticking a list": "勾選檢查清單",
        "freezing deploys": "凍結部署",
        "a post-mortem": "進行事後檢討",
        "repairing its room": "修復頻道",
        "taking a channel for it": "指定頻道",
        "opening a channel for it": "建立頻道",
        # What is missing
        "{ref} cannot be {state} yet: {lacks}.": "{ref} 還不能改為「{state}」：{lacks}。",
        "{one}, and {other}": "{one}，且{other}",
        "{one} {other}": "{one}{other}",
        "its root cause is not known": "尚未填寫根本原因",
        "nobody said how it was resolved": "尚未說明解決方式",
        "a deploy that belongs to it is still running": "仍有相關部署在進行中",
        "its severity asks for a post-mortem first": "此嚴重等級須先進行事後檢討",
        "its post-mortem is not published": "尚未發布事後檢討",
        "a follow-up has no owner": "有後續事項尚未指派負責人員",
        "Name it with /incident resolve.": "請以 /incident resolve 填寫。",
        "Tell it with /incident resolve.": "請以 /incident resolve 說明。",
        "Wait for it, or say in /incident resolve why you do not.": (
            "請等待部署結束，或在 /incident resolve 說明為何可略過。"
        ),
        "Go on with /incident status post-mortem.": "請以 /incident status post-mortem 繼續。",
        "Publish it with /incident postmortem.": "請以 /incident postmortem 發布。",
        "Give each one an owner: /incident followup.": (
            "請以 /incident followup 為每一項指派負責人員。"
        ),
        # Its course
        "To resolve {ref} takes its root cause, and how it was resolved.": (
            "要解決 {ref}，須填寫根本原因與解決方式。"
        ),
        "/incident resolve": "請執行 /incident resolve",
        "{ref} can only be merged into another incident.": "{ref} 只能併入另一個事件。",
        "Say into which one: /incident merge INC-2026-001.": (
            "請指明要併入哪一個：/incident merge INC-2026-001"
        ),
        "{ref} is the same incident.": "{ref} 是同一個事件。",
        "Name the one that goes on.": "請指定要繼續處理的那一個。",
        "Name another one.": "請指定另一個事件。",
        "{ref} is a part of {other} already.": "{ref} 已隸屬於 {other}。",
        "Relate it, instead.": "請改為建立關聯（relate）。",
        "Nobody has said yet that {ref} is real.": "尚未有人確認 {ref} 是真正的事件。",
        "First /incident accept, or decline it.": (
            "請先執行 /incident accept，或判定不成立（decline）。"
        ),
        "{ref} is not resolved yet.": "{ref} 尚未解決。",
        "First /incident resolve.": "請先執行 /incident resolve。",
        "There is no incident {ref}.": "找不到事件 {ref}。",
        # Reasons, and what is too late
        "{ref} is not {state} without a reason.": "要將 {ref} 改為「{state}」，須說明原因。",
        "Say in a few words why.": "請簡短說明原因。",
        "To reopen {ref} takes a reason of {count} characters or more.": (
            "要重新開啟 {ref}，須以至少 {count} 個字元說明原因。"
        ),
        "Say what is wrong again: /incident reopen <reason>.": (
            "請說明哪裡又出問題：/incident reopen <原因>"
        ),
        "{ref} was written down afterwards: nobody would be paged for it.": (
            "{ref} 為事後補記，重新開啟也不會呼叫任何人。"
        ),
        "Declare what happens now, and relate it: /incident relate {ref}.": (
            "請通報目前的狀況，再建立關聯：/incident relate {ref}"
        ),
        "{ref} was resolved more than {days} days ago, and stays as it is.": (
            "{ref} 解決至今已超過 {days} 天，無法再變更。"
        ),
        "Declare a new one, and relate it: /incident relate {ref}.": (
            "請通報新的事件，再建立關聯：/incident relate {ref}"
        ),
        "{ref} was {state} more than a day ago, and stays as it is.": (
            "{ref} 成為「{state}」已超過一天，無法再變更。"
        ),
        "{ref} is a {severity}: to call it a {to} takes a reason.": (
            "{ref} 目前為 {severity}，調降為 {to} 須說明原因。"
        ),
        "/incident severity {to} <reason>": "請輸入 /incident severity {to} <原因>",
        # What is written down
        "“{url}” is no address.": "「{url}」不是網址。",
        "It begins with https://.": "網址以 https:// 開頭。",
        "It has no blanks or angle brackets; write %20 instead.": (
            "網址不能有空白或角括號，空白請改寫為 %20。"
        ),
        "A title has {count} characters or more.": "標題至少要有 {count} 個字元。",
        "Say in a few words what is wrong.": "請簡短說明發生什麼問題。",
        "This title has {count} characters; {most} is the most.": (
            "標題有 {count} 個字元，上限為 {most} 個。"
        ),
        "Put the rest into the summary.": "其餘內容請寫在摘要。",
        "The {field} has {count} characters; {most} is the most.": (
            "「{field}」有 {count} 個字元，上限為 {most} 個。"
        ),
        "Put the rest into notes, or into a document that you link.": (
            "其餘內容請寫在註記，或放在文件中並附上連結。"
        ),
        "summary": "摘要",
        "impact": "影響範圍",
        "reason": "原因說明",
        "root cause": "根本原因",
        "resolution": "解決方式",
        "progress": "進度",
        "ETA": "預計恢復",
        "A {kind} needs a text.": "{kind}需要填寫內容。",
        "task": "待辦事項",
        "follow-up": "後續事項",
        "Say what is to be done.": "請說明要做什麼。",
        "{ref} has no task {name}.": "{ref} 沒有待辦事項 {name}。",
        "{ref} has no list {list}.": "{ref} 沒有檢查清單 {list}。",
        "“{title}” has no line “{item}”.": "「{title}」沒有「{item}」這個項目。",
        # What is written down afterwards, and drills
        "A drill is not written down afterwards.": "演練不能事後補記。",
        "Say one of the two, or neither.": "請擇一，或都不要指定。",
        "What is written down afterwards needs the time at which it began.": (
            "事後補記須提供開始時間。"
        ),
        "Give that time; it can be corrected later.": "請提供時間，之後仍可更正。",
        "What is written down afterwards has no key against duplicates: alerts would join it, and "
        "nobody would be paged.": (
            "事後補記不能設定去重鍵，否則警報會併入其中，而不會呼叫任何人。"
        ),
        "Leave the key away.": "請移除去重鍵。",
        "{ref} is a drill: it freezes nothing.": "{ref} 是演練，不會凍結部署。",
        "Say that it would.": "演練時口頭說明即可。",
        # Moments
        "{moment} is about what has happened, not about the future.": (
            "「{moment}」是已經發生的事，不能是未來的時間。"
        ),
        "Leave it away when it is not known.": "若不清楚請留空。",
        "It cannot be {moment} before it has occurred.": "「{moment}」不能早於事件發生的時間。",
        "Look at the two times.": "請檢查這兩個時間。",
        "When {ref} was declared is known.": "{ref} 的通報時間已有紀錄。",
        "Correct when it occurred, instead.": "請改為更正發生時間（occurred）。",
        "{ref} is not {moment} yet.": "{ref} 還沒有「{moment}」的紀錄。",
        "First {command}, then date it.": "請先執行 {command}，再更正時間。",
        "It cannot have been {moment} in the future.": "「{moment}」不能是未來的時間。",
        "Give the time at which it was.": "請提供實際的時間。",
        "{moment} at {time} UTC does not fit: it was {misfit} at {then} UTC.": (
            "「{moment}」時間 {time} UTC 不相符：「{misfit}」時間為 {then} UTC。"
        ),
        "Correct one of the two, or say why it is so all the same.": (
            "請更正其中一個，或說明為何如此。"
        ),
        # People and pages
        "The ladder of {ref} has no further rung for {severity}.": (
            "{ref} 的 {severity} 已沒有更高的值班層級。"
        ),
        "Call somebody by name: /incident page @person.": "請指名呼叫：/incident page @人員",
        "Nobody is on duty as “{name}”.": "「{name}」目前沒有人值班。",
        "Name a rung of the ladder that has people, or a person: /incident page @person.": (
            "請指定有人的值班層級，或指名呼叫：/incident page @人員"
        ),
        "{ref} was written down afterwards: nothing is left to be answered.": (
            "{ref} 為事後補記，沒有需要確認接手的呼叫。"
        ),
        "Say when somebody did: /incident date acked 13:10.": (
            "請填寫當時接手的時間：/incident date acked 13:10"
        ),
        "{ref} has no page {name}.": "{ref} 沒有編號 {name} 的呼叫。",
        "{ref} is a drill: nobody is paged.": "{ref} 是演練，不會呼叫任何人。",
        "{ref} is written down afterwards: nobody is paged.": "{ref} 為事後補記，不會呼叫任何人。",
        "Ask them to join.": "請直接邀請對方加入。",
        "They lead {ref} already.": "對方已是 {ref} 的負責人。",
        "Hand it over to somebody else.": "請交接給其他人。",
        "The lead of {ref} was not offered to you.": "{ref} 並未交接給您負責。",
        "Take it with /incident lead.": "要接下來負責，請執行 /incident lead。",
        # Updates
        "An update says how it goes.": "進度更新需要內容。",
        "/incident update <progress>": "請輸入 /incident update <進度>",
        "An update does not move {ref} to {state}.": "進度更新無法將 {ref} 改為「{state}」。",
        "/incident status {typed} <reason>": "請輸入 /incident status {typed} <原因>",
        "The next update is promised for the past.": "下次更新的時間已經過去。",
        "Say in how long it comes.": "請指定多久之後更新。",
        "{ref} was written down afterwards: no update is due.": (
            "{ref} 為事後補記，不需要更新進度。"
        ),
        "Write a note.": "請改用註記（note）。",
        "The next update is due later than that.": "下次更新的期限比這更晚。",
        "Say by how much to put it off.": "請指定要延後多久。",
        # Rooms
        "{ref} is private, and everybody can read #{name}.": (
            "{ref} 是私密事件，而 #{name} 所有人都能閱讀。"
        ),
        "Take a private channel that the bot was invited to.": "請使用已邀請機器人的私人頻道。",
    }
)
