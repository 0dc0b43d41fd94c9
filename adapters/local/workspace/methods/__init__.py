"""The Web API methods, by family."""

from collections.abc import Mapping

from adapters.local.workspace.call import Method
from adapters.local.workspace.methods import (
    chat,
    conversation_members,
    conversation_reads,
    conversation_writes,
    files,
    marks,
    people,
    views,
)

METHODS: Mapping[str, Method] = {
    **people.METHODS,
    **chat.METHODS,
    **conversation_reads.METHODS,
    **conversation_writes.METHODS,
    **conversation_members.METHODS,
    **marks.METHODS,
    **views.METHODS,
    **files.METHODS,
}
