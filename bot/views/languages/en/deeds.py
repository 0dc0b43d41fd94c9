"""What was just done, in English."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.deeds import Deed

DEEDS: Mapping[Deed, str] = MappingProxyType(
    {
        Deed.DECLARED_PRIVATE: (
            "🔒 It is private: announced nowhere, and seen only by those who are in it."
        ),
        Deed.DECLARED_DRILL: "🧪 It is a drill: nobody is paged, and it is announced nowhere.",
    }
)
