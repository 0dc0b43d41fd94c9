"""What goes wrong with Slack and the store, in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

NEIGHBOURS: Mapping[str, str] = MappingProxyType(
    {
        "Slack did not say who is in a user group.": "Slack 未提供使用者群組的成員。",
        "Slack does not say who is in {group}; name a person instead.": (
            "Slack 未提供 {group} 的成員，請改為指定人員。"
        ),
        "Slack does not let these people in: {people}.": "Slack 不允許這些人員加入：{people}。",
        "Slack cannot be reached.": "無法連線至 Slack。",
        "Slack did not answer in time.": "Slack 未及時回應。",
        "The connection to Slack broke ({error}).": "與 Slack 的連線中斷（{error}）。",
        "#{name} is archived.": "#{name} 已封存。",
        "The bot is not in #{name}; invite it there first.": (
            "機器人不在 #{name}，請先邀請它加入。"
        ),
        "The bot's memory (Redis) cannot be reached.": "無法連線至機器人的儲存空間（Redis）。",
        "The bot's memory (Redis) cannot be reached. {error}.": (
            "無法連線至機器人的儲存空間（Redis）：{error}。"
        ),
        "The bot's memory (Redis) has just started and still loads what it holds.": (
            "機器人的儲存空間（Redis）剛啟動，仍在載入資料。"
        ),
        "The bot's memory (Redis) refused the bot's credentials: check those in REDIS_URL.": (
            "機器人的儲存空間（Redis）拒絕登入，請檢查 REDIS_URL 的帳號密碼。"
        ),
        "The bot's memory (Redis) refused: {error}.": (
            "機器人的儲存空間（Redis）拒絕了要求：{error}。"
        ),
        # What Slack refuses, by its own error words
        "Slack refused this ({word}){places}.": "Slack 拒絕了這項要求（{word}）{places}。",
        "this channel": "此頻道",
        "check SLACK_BOT_TOKEN, or install the app again and use its new bot token": (
            "請檢查 SLACK_BOT_TOKEN，或重新安裝應用程式並使用新的機器人權杖"
        ),
        "Slack does not accept the bot's token; {reinstall}.": (
            "Slack 不接受機器人的權杖；{reinstall}。"
        ),
        "Slack got no token from the bot; {reinstall}.": "Slack 未收到機器人的權杖；{reinstall}。",
        "The app was removed from the workspace; {reinstall}.": (
            "應用程式已從工作區移除；{reinstall}。"
        ),
        "The bot's token was revoked; {reinstall}.": "機器人的權杖已被撤銷；{reinstall}。",
        "The bot's token has expired; {reinstall}.": "機器人的權杖已過期；{reinstall}。",
        "This is not a bot token; SLACK_BOT_TOKEN starts with xoxb-.": (
            "這不是機器人的權杖；SLACK_BOT_TOKEN 以 xoxb- 開頭。"
        ),
        "The app lacks the scope {needed}; add it under OAuth & Permissions in the app's "
        "settings and install the app again.": (
            "應用程式缺少權限範圍 {needed}；請在應用程式設定的 OAuth & Permissions 加入後重新安裝。"
        ),
        "The bot is not in {channel}; invite the bot: /invite @{bot}": (
            "機器人不在 {channel}，請邀請它加入：/invite @{bot}"
        ),
        "Slack has no channel {channel}, or it is private and the bot is not in it; check the "
        "name, then invite the bot: /invite @{bot}": (
            "Slack 沒有頻道 {channel}，或該頻道為私人頻道而機器人不在其中；"
            "請確認名稱，再邀請機器人：/invite @{bot}"
        ),
        "{channel} is archived; unarchive it or configure another channel.": (
            "{channel} 已封存，請解除封存或改用其他頻道。"
        ),
        "That person is not in {channel}, so Slack shows them nothing.": (
            "對方不在 {channel}，因此 Slack 不會向其顯示任何內容。"
        ),
        "Slack does not know this person.": "Slack 找不到這個人員。",
        "Slack does not show this person to the bot.": "Slack 未讓機器人看到這個人員。",
        "Slack has no such user group; check its id (S…) in the configuration.": (
            "Slack 沒有這個使用者群組，請檢查設定中的編號（S…）。"
        ),
        "This workspace's Slack plan has no user groups; list people by id instead.": (
            "此工作區的 Slack 方案不支援使用者群組，請改為列出人員編號。"
        ),
        "An administrator does not let the bot post in {channel}.": (
            "管理員不允許機器人在 {channel} 發布訊息。"
        ),
        "Slack waits three seconds for a dialog and that passed; try again.": (
            "Slack 只等待表單三秒，現已逾時，請再試一次。"
        ),
        "This dialog was opened already.": "這個表單已經開啟過。",
        "The message is not there any more.": "這則訊息已不存在。",
        "This workspace does not allow files to be uploaded.": "此工作區不允許上傳檔案。",
        "This workspace does not allow files of this type.": "此工作區不允許這種類型的檔案。",
        "This workspace has no room for another file.": "此工作區已沒有空間存放檔案。",
        "The bot may not post in {channel}.": "機器人不能在 {channel} 發布訊息。",
    }
)
