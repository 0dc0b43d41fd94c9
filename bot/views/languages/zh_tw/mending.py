"""What is wrong with a form, in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.phrases import Phrase

MENDING: Mapping[Phrase, str] = MappingProxyType(
    {
        Phrase.WRONG_AHEAD: "「{field}」在 {length} 之後，尚未到來。請選擇已過去的時間，或留空。",
        Phrase.WRONG_BEFORE: (
            "「{field}」比「{moment}」（{at}）早了 {length}。請選擇較晚的時間，"
            "或在下方「{why}」說明為何如此。"
        ),
        Phrase.WRONG_AFTER: (
            "「{field}」比「{moment}」（{at}）晚了 {length}。請選擇較早的時間，"
            "或在下方「{why}」說明為何如此。"
        ),
        Phrase.WRONG_LOWERED: "將 P1 或 P2 調降需要原因，請填寫於此。",
        Phrase.WRONG_REOPENED: "請在此說明哪裡又出問題，至少 {count} 個字元。",
    }
)
