"""What is wrong with what somebody typed, in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

TYPED: Mapping[str, str] = MappingProxyType(
    {
        # A word, where it stands, and what it is not
        "(character {column})": "（第 {column} 個字元）",
        "“{word}” {place} is {what}.": "「{word}」{place}{what}。",
        "one word too many": "是多餘的字詞",
        "“{word}” {place} is one word too many.": "「{word}」{place}是多餘的字詞。",
        "no severity": "不是嚴重等級",
        "no role": "不是角色",
        "no address": "不是網址",
        "nobody's name": "不是人員名稱",
        "nobody whom Slack knows": "不是 Slack 上的人員",
        "not a field": "不是可編輯的欄位",
        "not a state": "不是狀態",
        "not a moment of an incident": "不是事件的時間點",
        "not the id of a deploy": "不是部署編號",
        "not the id of one, such as {example}": "不是編號（例如 {example}）",
        "not the reference of an incident": "不是事件編號",
        "neither an address nor a deploy": "不是網址，也不是部署",
        "nothing that can be listed": "不是可列出的項目",
        "nothing that can be subscribed to": "不是可訂閱的項目",
        "nothing that can be done with a post-mortem": "不是事後檢討的動作",
        "There is no {kind} called “{given}” {place}.": "找不到名為「{given}」的{kind}{place}。",
        "“{word}” {place} is not about one incident.": "「{word}」{place}不是針對單一事件的動作。",
        "Leave {ref} away.": "請移除 {ref}。",
        "“{word}” {place} has nothing behind the colon.": "「{word}」{place}的冒號後面沒有內容。",
        "Type it without a space: {key}:{example}": "請勿加空格：{key}:{example}",
        "The {field} is there twice, again {place}: “{word}”.": (
            "「{field}」重複輸入，第二次{place}為「{word}」。"
        ),
        "severity": "嚴重等級",
        "Say it once.": "請只輸入一次。",
        "The quote at character {column} is not closed.": "第 {column} 個字元的引號沒有結尾。",
        "Close it with {quote} at the end, or leave it away.": "請在結尾加上 {quote}，或移除引號。",
        # Times and numbers
        "not a duration": "不是時間長度",
        "no time at all": "的時間長度為零",
        "longer than a year": "超過一年",
        "not a time": "不是時間",
        "not a number from 1 to {most}": "不是 1 到 {most} 的數字",
        "Type a number with s, m, h or d, such as 45s, 30m, 2h, 1d or 1h30m.": (
            "請輸入數字加上 s、m、h 或 d，例如 45s、30m、2h、1d 或 1h30m。"
        ),
        "Type 366d or less.": "請輸入 366d 以內的長度。",
        "Type it in UTC, such as 2026-11-21T18:00Z, or with its offset: 2026-11-21T19:00+01:00.": (
            "請以 UTC 輸入，例如 2026-11-21T18:00Z，或加上時差：2026-11-21T19:00+01:00"
        ),
        "“{word}” {place} does not say in which time zone.": "「{word}」{place}沒有指明時區。",
        "“{word}” {place} lies in the future.": "「{word}」{place}是未來的時間。",
        "Type 14:05 (in UTC), 10m ago, or a moment such as 2026-11-21T14:05Z.": (
            "請輸入 14:05（UTC）、10m ago，或完整時間，例如 2026-11-21T14:05Z。"
        ),
        "Type when it was, such as 14:05 (in UTC) or 10m ago.": (
            "請輸入發生的時間，例如 14:05（UTC）或 10m ago。"
        ),
        "{hint} Where it is a part of the text, put that in quotes.": (
            "{hint}若屬於內容的一部分，請加上引號。"
        ),
        # Flags
        "--{flag} is there twice, again {place}.": "--{flag} 重複輸入，第二次在此{place}。",
        "“{verb}” needs a {flag}.": "「{verb}」需要指定 {flag}。",
        "Add {example} at the end.": "請在結尾加上 {example}。",
        "--{flag} {place} takes no value.": "--{flag}{place}不能帶有值。",
        "Type --{flag} alone.": "請只輸入 --{flag}。",
        "--{flag} {place} needs a value.": "--{flag}{place}需要一個值。",
        "--{flag} {place} has {count} characters.": "--{flag}{place}有 {count} 個字元。",
        "There is room for {most}.": "上限為 {most} 個字元。",
        "“{word}” {place} is not a value of --{flag}.": "「{word}」{place}不是 --{flag} 的值。",
        "--{flag} {place} does not belong to {what}, but to {owners}.": (
            "--{flag}{place}不能用於{what}，只能用於 {owners}。"
        ),
        "Here there are: {options}.": "這裡可用的有：{options}。",
        "{what} has no flags.": "{what}沒有可用的選項。",
        "“{verb}”": "「{verb}」",
        "There is no flag --{flag} {place}.": "沒有 --{flag}{place}這個選項。",
        "Say which field, by its flag: {flags}.": "請以選項指定欄位：{flags}。",
        # What to type instead
        "There are {options}.": "可用的有 {options}。",
        "For example: {example}": "例如：{example}",
        "Type {command} {typed}": "請輸入 {command} {typed}",
        "{usage}. To declare an incident of this title: {command}": (
            "{usage}。若要以此為標題通報事件：{command}"
        ),
        "There is no verb “{word}” {place}.": "沒有「{word}」{place}這個動作。",
        "{command} help shows all.": "輸入 {command} help 可查看全部。",
        "To declare an incident of this title, type {command}": (
            "若要以此為標題通報事件，請輸入 {command}"
        ),
        "To declare an incident, begin with {command}": "若要通報事件，請以 {command} 開頭",
        "Type {command} with the reference of the other one.": (
            "請輸入 {command} 並加上另一個事件的編號。"
        ),
        "Leave the name away to mean yourself.": "若是指您自己，請省略名稱。",
        "Type @ and choose the person from the list that comes up.": (
            "請輸入 @ 並從出現的清單中選擇人員。"
        ),
        "An address begins with https://.": "網址以 https:// 開頭。",
        "Ids of deploys look like D-7F3K2; their cards show them.": (
            "部署編號的格式如 D-7F3K2，可在部署卡片上找到。"
        ),
        "Name it by its reference, such as {example}.": "請輸入事件編號，例如 {example}。",
        # What was not typed
        "What was it?": "發生了什麼事？",
        "When did it begin?": "什麼時候開始的？",
        "Say so with --since. {example}": "請以 --since 指定。{example}",
        "What is written down afterwards has no alert, and so no thread.": (
            "事後補記沒有事件通報，因此也沒有討論串。"
        ),
        "Leave --thread away.": "請移除 --thread。",
        "What is the part about?": "這個子事件是關於什麼？",
        "Which moment, and when was it?": "要更正哪個時間點？是什麼時候？",
        "When was it {moment}?": "「{moment}」是什麼時候？",
        "Who is to be called in?": "要找誰來支援？",
        "What is to be done?": "要做什麼？",
        "Which one?": "是哪一項？",
        "For example: {example}. {command} list shows all.": (
            "例如：{example}。輸入 {command} list 可查看全部。"
        ),
        "To add that text, type: {command}": "若要新增這段內容，請輸入：{command}",
        "Which words should it have?": "要包含哪些字詞？",
        "Which words are to be looked for?": "要搜尋哪些字詞？",
        "What belongs to it?": "要關聯什麼？",
        "Which deploy?": "是哪次部署？",
        "Which incident?": "是哪個事件？",
        "Which alert?": "是哪個警報？",
        "With which incident?": "要與哪個事件合併或關聯？",
    }
)
