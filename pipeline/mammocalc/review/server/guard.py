"""Guard of the server: requests need the token, the served address and the page as origin."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from mammocalc.review.server.api_json import to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
OWN_HEADER: Final = "x-mammocalc"
"""A header that a page of another site cannot send without being asked about it first (CORS preflight)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """
    Who is let in.

    Parameters
    ----------
    token : str
    hosts : frozenset of str
        Values of the Host header that are served, in lower case.
    max_body_bytes : int
    """

    token: str
    hosts: frozenset[str]
    max_body_bytes: int


class Guard:
    """
    Stands before the application and lets nobody else in.

    - The Host header must be one that is served: a name that an attacker
      points at this machine (DNS rebinding) is none.
    - The address begins with the token; without it there is nothing (404).
    - An Origin, if one is sent, must be this server.
    - What changes something must be JSON with a header of its own.
    - A body has to say its length, and may not be larger than the limit; a question has none.

    Parameters
    ----------
    app : ASGI application
        Gets the path behind the token.
    entry : Entry
    let_in : callable
        Gets the address and port of everybody who was let in.
    """

    def __init__(self, app: ASGIApp, entry: Entry, let_in: Callable[[Any], None]) -> None:
        self._app = app
        self._prefix = f"/t/{entry.token}".encode()
        self._hosts = entry.hosts
        self._max_body_bytes = entry.max_body_bytes
        self._let_in = let_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # a web socket: there are none
            return
        refusal = self._refuse(scope)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        self._let_in(scope["client"])
        path = scope["path"].encode("utf-8", "surrogatepass")[len(self._prefix) :].decode("utf-8", "replace")
        if not path:  # relative addresses of the page need the slash
            place = quote(f"{scope['path']}/").encode()
            await _answer(send, 307, "The address ends with a slash.", ((b"location", place),))
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        inner = {**scope, "path": path, "raw_path": quote(path).encode(), "root_path": ""}
        await self._app(inner, receive, send_safely)

    def _refuse(self, scope: Scope) -> tuple[int, str] | None:
        """Say why a request is refused; None where it is not."""
        given = [(name.lower(), value) for name, value in scope["headers"]]
        hosts = [value for name, value in given if name == b"host"]
        if len(hosts) != 1 or hosts[0].decode("latin-1").lower() not in self._hosts:
            return 421, "This server does not answer under that name. Open the address that mammocalc review printed."
        path = scope["path"].encode("utf-8", "surrogatepass")
        start, rest = path[: len(self._prefix)], path[len(self._prefix) :]
        if not hmac.compare_digest(start, self._prefix) or not (rest == b"" or rest.startswith(b"/")):
            return 404, "There is nothing here. Open the address that mammocalc review printed, token included."
        headers = dict(given)
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1").lower() not in {f"http://{host}" for host in self._hosts}:
            return 403, "The request comes from a page of another site. Open the address that mammocalc review printed."
        if headers.get(b"sec-fetch-site", b"same-origin") not in {b"same-origin", b"none"} and (
            scope["method"] not in SAFE_METHODS or path.startswith(self._prefix + b"/api")
        ):
            return 403, "The request comes from a page of another site. Open the address that mammocalc review printed."
        return self._refuse_body(scope["method"], headers)

    def _refuse_body(self, method: str, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        """Say why a request is refused for what it brings, or may not bring; None where it is not."""
        if method in SAFE_METHODS:
            if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
                return 413, "A question has no body. Reload the page."
            return None
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if kind != b"application/json" or headers.get(OWN_HEADER.encode()) != b"1":
            return 403, "What changes an answer is sent as application/json with the header X-Mammocalc: 1."
        length = headers.get(b"content-length", b"")
        if not length.isdigit() or b"transfer-encoding" in headers:
            return 411, "The length of the request is missing. Send a Content-Length."
        if int(length) > self._max_body_bytes:
            return 413, f"The request is larger than {self._max_body_bytes} bytes. Shorten the comment."
        return None


async def _answer(send: Send, code: int, sentence: str, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    body = to_bytes({"error": sentence})
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    own = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": code, "headers": [*own, *headers, *more]})
    await send({"type": "http.response.body", "body": body})
