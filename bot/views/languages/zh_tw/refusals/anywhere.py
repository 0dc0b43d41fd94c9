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
        # Neighbours that fail
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
        "There is no {kind} called “{given}”.": "找不到名為「{given}」的{kind}。",
        "service": "服務",
        "environment": "環境",
        "Did you mean {options}?": "是不是要輸入 {options}？",
        "Known are: {options}.": "可用的有：{options}。",
        "{subject} is {state}; {event} is not possible any more.": (
            "{subject} 目前為「{state}」，無法再{event}。"
        ),
    }
)
