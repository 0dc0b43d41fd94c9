"""How the Web API says no."""

from typing import Any


class ApiError(Exception):
    """A call is refused; `code` is Slack's error word, `extra` stands beside it in the answer."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


def invalid_arguments(*messages: str) -> ApiError:
    """The answer to missing or malformed arguments."""
    return ApiError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] {m}" for m in messages]}
    )


class Refused(Exception):
    """The page asked for something that the workspace does not do; the text is for the person."""
