"""What does not work, and what to do instead, in the Chinese of Taiwan, by the English of it.

What is typed stays as it is typed: commands, verbs, flags, and what stands for a moment or a role.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.zh_tw.refusals.anywhere import ANYWHERE
from bot.views.languages.zh_tw.refusals.asking import ASKING
from bot.views.languages.zh_tw.refusals.neighbours import NEIGHBOURS
from bot.views.languages.zh_tw.refusals.pressed import PRESSED
from bot.views.languages.zh_tw.refusals.rules import RULES
from bot.views.languages.zh_tw.refusals.typed import TYPED

REFUSALS: Mapping[str, str] = MappingProxyType(
    {**ANYWHERE, **NEIGHBOURS, **RULES, **ASKING, **TYPED, **PRESSED}
)
