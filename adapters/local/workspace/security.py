"""Keeps other web pages on this machine's browser, and other machines, out of the workspace."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from aiohttp import web

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


def _problem(request: web.Request) -> str | None:
    """Why a request is not served, or None.

    A name that an attacker's DNS lets point to this machine arrives with that name as its host; a
    form or script of another site can not set our header and says whence it comes.
    """
    host = urlsplit(f"//{request.host}").hostname
    if host not in LOOPBACK:
        return "This workspace is served under the address of this machine only."
    if not request.path.startswith("/ui/"):
        return None
    if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITE:
        return "This workspace does not answer to other sites."
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return "This workspace does not answer to other sites."
    if request.method == "POST" and request.headers.get("X-Workspace") != "1":
        return "The header X-Workspace is missing."
    return None


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what does not come from this machine or from the workspace's own page."""
    problem = _problem(request)
    if problem is not None:
        return refusal(403, problem)
    response = await handler(request)
    if not response.prepared:
        response.headers.update(_ALL_HEADERS)
    return response
