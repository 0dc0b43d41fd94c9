"""Keeps other web pages in this machine's browser, and other machines, out of the local servers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OWN_SITE = frozenset({"same-origin", "none"})

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ALL_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def refusal(status: int, sentence: str) -> web.Response:
    """An answer that says to a person what is wrong."""
    return web.json_response({"error": sentence}, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a page's server lets in.

    `place` is its name in sentences. Paths that begin with one of `own` are for its own page only,
    whose changes (POST) carry the `header` with the value 1.
    """

    place: str
    header: str
    own: tuple[str, ...]

    def problem(self, request: web.Request) -> str | None:
        """Why a request is not served, or None.

        A name that an attacker's DNS lets point to this machine arrives with that name as its host;
        a form or script of another site can not set our header and says whence it comes.
        """
        host = urlsplit(f"//{request.host}").hostname
        if host not in LOOPBACK:
            return f"This {self.place} is served under the address of this machine only."
        if not request.path.startswith(self.own):
            return None
        origin = request.headers.get("Origin")
        elsewhere = origin is not None and urlsplit(origin).netloc != request.host
        if elsewhere or request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITE:
            return f"This {self.place} does not answer to other sites."
        if request.method == "POST" and request.headers.get(self.header) != "1":
            return f"The header {self.header} is missing."
        return None


def guard(door: Door) -> Middleware:
    """Refuse what does not come from this machine or from the server's own page."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        problem = door.problem(request)
        if problem is not None:
            return refusal(403, problem)
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_ALL_HEADERS)
        return response

    return guarded
