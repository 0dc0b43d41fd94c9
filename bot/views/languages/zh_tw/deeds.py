"""What was just done, in the Chinese of Taiwan."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.deeds import Deed

DEEDS: Mapping[Deed, str] = MappingProxyType(
    {
        Deed.DECLARED_PRIVATE: "🔒 這是私密事件：不會公告，僅參與人員看得到。",
        Deed.DECLARED_DRILL: "🧪 這是演練：不會呼叫任何人，也不會公告。",
    }
)
