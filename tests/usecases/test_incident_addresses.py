"""What may be linked: addresses of pages, as they are written."""

import pytest

from bot.domain.errors import UsageError
from bot.domain.incidents.addresses import require_address


@pytest.mark.parametrize(
    "url", ["https://a.example/b?c=%20d&e=(1)#f", "http://a.example", "https://a.example/故障"]
)
def test_an_address_is_taken(url: str) -> None:
    require_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "a.example",
        "https://a.example/> <img src=x onerror=alert(1)>",
        "https://a.example/a b",
        "https://a.example/\n",
        "https://a.example/\x1b[2J",
        "https://a.example/\u2003x",
        'https://a.example/"x',
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is no address"):
        require_address(url)
