"""Who is called, in Traditional Chinese."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.calls import Call

CALLS: Mapping[Call, str] = MappingProxyType(
    {
        Call.OFFER_GONE: "🤝 已不再請 {who} 接任負責人。",
        Call.OUTLIVED: "♻️ 事件已重新開啟，此呼叫已失效；若需支援會另行呼叫。",
        Call.PASSED: "📟 {word}：已參與處理，不再呼叫：{people}",
        Call.PRESENT: "已參與處理：{people}",
        Call.INVITED: "邀請加入",
        Call.BROUGHT_IN: "👋 {who} 邀請 {people} 加入處理。",
        Call.PERSON: "📟 {who} 呼叫了 {people}。",
        Call.PERSON_ANSWERED: "📟 {who} 已回應呼叫。",
        Call.TOO: "也加入處理",
        Call.NOTE_TOO: "✋ {who} 也加入處理。",
        Call.UNANSWERED: "{time}內無人回應",
        Call.UNRESOLVED: "{time}後仍未解決",
        Call.BESIDE: "{text}（{more}）",
        Call.APART: "；",
        Call.ASKED: "由 {who} 要求",
    }
)
