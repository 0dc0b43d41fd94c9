"""What was just done, in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.deeds import Deed

DEEDS: Mapping[Deed, str] = MappingProxyType(
    {
        Deed.DECLARED_PRIVATE: "🔒 這是私密事件：不會公告，僅參與人員看得到。",
        Deed.DECLARED_DRILL: "🧪 這是演練：不會呼叫任何人，也不會公告。",
        Deed.ACKED: "✋ 您已回應。{lead}",
        Deed.ACKED_BEFORE: "✋ {who} 已於 {length} 前回應，您也已加入處理。{lead}",
        Deed.ACCEPTED: "🔎 已確認為事件：{state}。{lead}",
        Deed.UNDECIDED: "🔎 尚未確認 *{ref}* 是否為事件。請先確認再解決，或判定為非事件。",
        Deed.OFFER_TAKEN: "🤝 {lead}",
        Deed.YOU_LEAD: "目前由您負責。",
        Deed.LEADS: "目前由 {who} 負責。",
        Deed.NOBODY_LEADS: "尚無負責人。",
        Deed.ROLE_TAKEN: "🧭 您現在是{role}。",
        Deed.ROLE_GIVEN: "🧭 {who} 現在是{role}，已通知。",
        Deed.OFFERED: "🤝 已請 {who} 接手，接受後生效。{lead}",
        Deed.PAGED: "📟 已呼叫：{paged}",
        Deed.CALLED_IN: "👋 已加入：{who}",
        Deed.TAKES_PART: "👋 您已加入。{room}",
        Deed.UPDATED: "📣 已發布進度更新。{next}",
        Deed.SAME_AGAIN: "📣 已重申上次的進度更新。{next}",
        Deed.SNOOZED: "💤 {next}",
        Deed.NEXT_DUE: "下次更新：{at}。",
        Deed.NONE_DUE: "目前不需再更新。",
        Deed.MOVED: "🔀 目前狀態：{state}。",
        Deed.RATED: "🌡️ 目前等級：{severity}。",
        Deed.DESCRIBED: "✏️ 目前內容：{about}",
        Deed.DATED: "🕰️ {moment}：{at}",
        Deed.SETTLED: "✅ 已解決，歷時 {took}。",
        Deed.OPEN_AGAIN: "♻️ 已重新開啟：{state}。{lead}",
        Deed.NOTED: "📌 已記入時間軸：{at}。",
        Deed.TASK_ADDED: "☐ *{task}* {what}",
        Deed.TASK_OWNED: "👤 {who} 負責 *{task}* {what}",
        Deed.TASK_DONE: "✅ 已完成 *{task}* {what}",
        Deed.LINKED: "🔗 已加上：{what}",
        Deed.MERGED: "🔗 後續請見 {what}。",
        Deed.RELATED: "🔗 已與 {what} 互相關聯。",
        Deed.HIDDEN: "🔒 已設為私密，僅參與人員看得到。{room}",
        Deed.FROZEN: "❄️ {scope} 凍結部署至 {at}。",
        Deed.THAWED: "☀️ 此事件不再凍結部署。",
        Deed.REPAIRED: "🛠️ 正在重新建立缺少的內容。",
        Deed.ROOM_OPENED: "🚪 {room}",
        Deed.ROOM_HERE: "🚪 此頻道現在是事件頻道。",
        Deed.PUBLISHED: "📝 事後檢討已發布。",
    }
)
