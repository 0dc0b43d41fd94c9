"""What the admins of a workspace forbid its apps; everything is allowed unless they say so."""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Rules:
    """The switches that tests and the curious turn; apps are refused with `restricted_action`.

    `public_channels`, `private_channels`: whether apps make such channels. `pins`: whether they pin
    messages. `read_only`: channels, by id, in which only admins post.
    """

    public_channels: bool = True
    private_channels: bool = True
    pins: bool = True
    read_only: set[str] = field(default_factory=set)
