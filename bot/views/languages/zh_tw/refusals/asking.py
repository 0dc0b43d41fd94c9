"""What is refused to whoever asks for something about incidents, in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

ASKING: Mapping[str, str] = MappingProxyType(
    {
        # Which incident
        "“{given}” is not the reference of an incident.": "「{given}」不是事件編號。",
        "References look like {example}.": "事件編號的格式如 {example}。",
        "This is not the channel of an incident.": "這裡不是事件頻道。",
        "Say which one you mean, such as {example}, or ask in its channel.": (
            "請指明是哪個事件，例如 {example}，或到該事件的頻道操作。"
        ),
        "{ref} is not worked on here any more.": "{ref} 已不在此處理。",
        "Type `/incident show {ref}` to see it.": "輸入 `/incident show {ref}` 可查看。",
        "It goes on in": "請至",
        "There is no word to look for.": "沒有可搜尋的字詞。",
        "Type a word of the title.": "請輸入標題中的字詞。",
        "{days} is not a number of days from 1 to {most}.": (
            "{days} 不是有效的天數，須為 1 到 {most}。"
        ),
        # Who may
        "To {verb} {ref} takes its lead, or whoever declared it.": (
            "只有 {ref} 的負責人或通報者可以{verb}。"
        ),
        "To {verb} {ref} takes its lead, or whoever declared it, or a member of {group}.": (
            "只有 {ref} 的負責人、通報者或 {group} 的成員可以{verb}。"
        ),
        "freeze deploys for": "凍結部署",
        "lift the freeze of": "解除凍結",
        "hide": "設為私密",
        "merge": "併入其他事件",
        "accept": "確認為事件",
        "decline": "判定不成立",
        "cancel": "取消事件",
        "close": "結案",
        "lower the severity of": "調降嚴重等級",
        "reopen": "重新開啟",
        "Signalbox serves its own workspace; people of other workspaces may not use it.": (
            "Signalbox 只服務本工作區，其他工作區的人員無法使用。"
        ),
        "Slack does not show you as a member of this workspace, so Signalbox does nothing for "
        "you.": ("Slack 未將您列為此工作區的成員，因此無法使用 Signalbox。"),
        "Your Slack account is deactivated.": "您的 Slack 帳號已停用。",
        "Bots may not do this; a person has to.": "機器人不能執行此動作，必須由人員執行。",
        "Guests of the workspace may not use Signalbox.": "此工作區的訪客不能使用 Signalbox。",
        # People
        "{name} was called a moment ago.": "剛剛已呼叫 {name}。",
        "Give them a few seconds, or call somebody by name: /incident page @person.": (
            "請稍等幾秒，或指名呼叫：/incident page @人員"
        ),
        "{person} cannot take part in incidents.": "{person} 無法參與事件。",
        "Name a full member of this workspace.": "請指定此工作區的正式成員。",
        "Whom you chose cannot be paged: guests, bots and people who have left take no part in "
        "incidents.": "無法呼叫所選的人員：訪客、機器人與已離開的人員不能參與事件。",
        "Nobody here is called “{name}”.": "這裡沒有名為「{name}」的人員。",
        "Name a person (@name), or one of: {known}.": "請指定人員（@名稱），或下列之一：{known}。",
        "Name a person (@name).": "請指定人員（@名稱）。",
        # Deploys
        "{ref} has not frozen anything.": "{ref} 並未凍結任何部署。",
        "Deploy {id}": "部署 {id}",
        "going back": "退版",
        "A freeze ends after now, and within {days} days.": (
            "凍結的結束時間必須晚於現在，且在 {days} 天以內。"
        ),
        "Give a time, such as 4h; it can be renewed.": "請指定時間長度，例如 4h；之後可以延長。",
        "Where {ref} is, is not known, so nothing is frozen.": (
            "不知道 {ref} 發生在哪個環境，因此沒有凍結部署。"
        ),
        "Say in which environment it is, and better also of which service.": (
            "請指定環境，最好也指定服務。"
        ),
        "{ref} was written down afterwards: nothing is deployed or frozen for it.": (
            "{ref} 為事後補記，無法為此部署或凍結部署。"
        ),
        "To say which deploy it was: /incident link {ref} deploy D-7F3K2": (
            "要註明是哪次部署，請輸入 /incident link {ref} deploy D-7F3K2"
        ),
        "{ref} is no real incident (drill), so it never touches what is deployed.": (
            "{ref} 是演練，不會影響已部署的內容。"
        ),
        "Declare a real one for that.": "若確有需要，請通報真正的事件。",
        "{ref} is {state}: that is done about incidents that go on.": (
            "{ref} 目前為「{state}」，此動作僅適用於進行中的事件。"
        ),
        "Reopen it first, if it does.": "若仍在進行，請先重新開啟。",
        "The freeze of an incident has an end.": "事件的部署凍結必須有結束時間。",
        # Records, and others
        "A note needs a text.": "註記需要填寫內容。",
        "/incident note <what happened>": "請輸入 /incident note <發生的事>",
        "A note is about what has happened.": "註記須為已經發生的事。",
        "Leave the time away.": "請勿指定時間。",
        "{ref} has had no update that could still hold.": "{ref} 還沒有可以沿用的進度更新。",
        "Write the first one: what do users see, and what is being done?": (
            "請先寫第一則：使用者看到什麼狀況？正在如何處理？"
        ),
        "{ref} is {state} and does not go on.": "{ref} 目前為「{state}」，已不再進行。",
        "Merge into one that is open, or reopen that one first.": (
            "請併入進行中的事件，或先重新開啟該事件。"
        ),
        "{other} was written down afterwards, and {ref} was not.": (
            "{other} 為事後補記，而 {ref} 不是。"
        ),
        "Merge it the other way: /incident merge {other} {ref}": (
            "請反向併入：/incident merge {other} {ref}"
        ),
        "{drill} is a drill, and {real} is not.": "{drill} 是演練，而 {real} 不是。",
        "Relate them instead: /incident relate {other}": (
            "請改為建立關聯：/incident relate {other}"
        ),
        "#{name} is the room of {owner}.": "#{name} 是 {owner} 的頻道。",
        "Take a channel that is nobody's.": "請使用未被其他事件使用的頻道。",
        # Runbooks, and lists that come up
        "No runbook fits “{name}”. {known}": "沒有符合「{name}」的處理手冊。{known}",
        "There is no runbook “{name}”. {known}": "沒有名為「{name}」的處理手冊。{known}",
        "There are none.": "目前一份也沒有。",
        "There is: {one}.": "現有：{one}。",
        "There are: {options}.": "現有：{options}。",
        "The maintenance list “{name}” never comes up at “{cron}”.": (
            "維護清單「{name}」的排程「{cron}」永遠不會觸發。"
        ),
        "Take a day and a month that come every year.": "請選擇每年都有的日期與月份。",
        "There is no maintenance list {name}.": "找不到維護清單 {name}。",
        # Deploys that are to end an incident
        "{ref} is a drill, and a drill never touches production.": (
            "{ref} 是演練，演練不會影響正式環境。"
        ),
        "Leave --incident away.": "請移除 --incident。",
        "{ref} was written down afterwards: no fix is left to be deployed for it.": (
            "{ref} 為事後補記，已沒有需要部署的修正。"
        ),
        "{ref} is {state}; a fix is for an incident that is not resolved yet.": (
            "{ref} 目前為「{state}」，修正僅適用於尚未解決的事件。"
        ),
        "Leave --incident away, or reopen it first.": "請移除 --incident，或先重新開啟事件。",
        # What is brought to nobody
        "What {person} is told of {ref} is for nobody else.": (
            "{ref} 傳給 {person} 的內容不能讓其他人看到。"
        ),
        "{ref} is private, and not for {person}.": "{ref} 是私密事件，{person} 無權檢視。",
        "{ref} is private, and {person} is not in it.": "{ref} 是私密事件，{person} 並未參與。",
        "{ref} is private: nothing of it is shown in {channel}.": (
            "{ref} 是私密事件，不會在 {channel} 顯示任何內容。"
        ),
    }
)
