"""Limits of connections: their number, and how long each may take."""

from __future__ import annotations

import asyncio
import errno
import logging
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, Final

import h11
import uvicorn
from starlette.requests import ClientDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from starlette.types import ASGIApp

MOST: Final = 256
"""A browser keeps six; this is for forty readers at once."""
MOST_STRANGERS: Final = 32
"""Of one peer, without the token so far. A browser opens six before it asks."""
SPARE_FILES: Final = 100
"""What a process may have open besides connections: results, answers, pipes to the decoders."""
HEAD_S: Final = 10.0
"""A browser sends its request at once; one that keeps a spare connection opens another when it needs it."""
BODY_S: Final = 15.0
"""The longest comment over the slowest line."""
STALLED_S: Final = 20.0
LEAST_TAKEN: Final = 65_536
"""Bytes that a client takes off the server in that time: 3 kB/s, where the slowest line carries more."""
LOOK_S: Final = 1.0
HEAD_BYTES: Final = 32_768
"""A request of the page has one; cookies that other programs of this machine left may have some more."""
BACKLOG: Final = 128
NO_MORE_FILES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Crowd:
    """
    Everybody who is connected.

    Where there are too many, who came first and has not shown the token has to
    go: somebody who fills the server with connections only pushes out their own, and
    a reader, whose browser asks at once, always gets in.

    Parameters
    ----------
    say : callable
        Gets a sentence for the user; every one is said once.
    most : int
        Connections at once.
    """

    def __init__(self, say: Callable[[str], None], most: int) -> None:
        self._say = say
        self._most = most
        self._said: set[str] = set()
        self._visitors: dict[tuple[str, int], Visitor] = {}
        """By address and port, in the order of their coming."""

    def enter(self, visitor: Visitor) -> None:
        """Add one, and send away whoever is too many."""
        if visitor.client is None:
            return
        self._visitors[visitor.client] = visitor
        strangers = [one for one in self._visitors.values() if not one.is_known]
        peers = Counter(one.host for one in strangers)
        if peers[visitor.host] > MOST_STRANGERS:
            self._send_away(next(one for one in strangers if one.host == visitor.host))
        elif len(self._visitors) > self._most:
            self._make_room(strangers)

    def leave(self, visitor: Visitor) -> None:
        """Remove one."""
        if visitor.client is not None and self._visitors.get(visitor.client) is visitor:
            del self._visitors[visitor.client]

    def know(self, client: Any) -> None:
        """Note that somebody has shown the token."""
        visitor = self._visitors.get(tuple(client)) if client else None
        if visitor is not None:
            visitor.is_known = True

    def look(self, now: float) -> None:
        """Send away whoever keeps the server waiting for too long."""
        for visitor in list(self._visitors.values()):
            if visitor.is_overdue(now):
                self._send_away(visitor)

    def meet(self, error: BaseException) -> None:
        """Take an unforeseen failure: a sentence, once, with no path and no data."""
        if isinstance(error, OSError) and error.errno in NO_MORE_FILES:
            self._make_room([one for one in self._visitors.values() if not one.is_known])
            self.say(
                "The system lets this program open no more files, so new connections wait. "
                "End programs, or raise the limit (ulimit -n)."
            )
        elif not isinstance(error, ConnectionError | ClientDisconnect | asyncio.CancelledError):
            from mammocalc.execution.fault import describe_fault  # noqa: PLC0415 - brings the whole of a run with it

            self.say(describe_fault(error))

    def say(self, sentence: str) -> None:
        """Say a sentence, unless it was said before."""
        if sentence not in self._said:
            self._said.add(sentence)
            self._say(sentence)

    def _make_room(self, strangers: list[Visitor]) -> None:
        """Send one away: who came first without the token, else who came first and waits for nothing."""
        idle = [one for one in self._visitors.values() if one.phase == "head"]
        for visitor in (*strangers[:1], *idle[:1], *self._visitors.values()):
            self._send_away(visitor)
            return

    def _send_away(self, visitor: Visitor) -> None:
        self.leave(visitor)
        visitor.transport.abort()


class Visitor(H11Protocol):
    """A connection that knows how long it has kept the server waiting, and for what."""

    crowd: ClassVar[Crowd]
    is_known = False
    _phase = ""
    _cycle: object = None
    _since = 0.0
    _unsent = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Come in."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self.crowd.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Go."""
        self.crowd.leave(self)
        super().connection_lost(exc)

    @property
    def host(self) -> str:
        """Whom the connection comes from."""
        return "" if self.client is None else self.client[0]

    @property
    def phase(self) -> str:
        """What the connection is at: ``send``, ``head``, ``body`` or ``work``."""
        if self.transport.get_write_buffer_size():
            return "send"
        if self.conn.their_state is h11.SEND_BODY:
            return "body"
        return "head" if self.conn.their_state is h11.IDLE else "work"

    def is_overdue(self, now: float) -> bool:
        """Whether the other side had its time."""
        phase, unsent = self.phase, self.transport.get_write_buffer_size()
        is_new = (phase, self.cycle) != (self._phase, self._cycle)
        if is_new or (phase == "send" and unsent <= self._unsent - LEAST_TAKEN):
            self._phase, self._cycle, self._unsent = phase, self.cycle, unsent
            if self._phase != "head" or self._cycle is not None:
                self._since = now
        limit = {"head": HEAD_S, "body": BODY_S, "send": STALLED_S}.get(phase)
        return limit is not None and now - self._since > limit


def run_server(app: ASGIApp, listening: socket.socket, crowd: Crowd) -> None:
    """Serve until the process is told to stop."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        # It logs addresses, which hold the token, and tracebacks, which hold paths, as often as a stranger likes.
        logging.getLogger(name).disabled = True
    config = uvicorn.Config(
        app,
        http=type("ThisVisitor", (Visitor,), {"crowd": crowd}),
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=BACKLOG,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_graceful_shutdown=2,
    )
    asyncio.run(_serve(uvicorn.Server(config), listening, crowd))


def most_connections() -> int:
    """Say how many connections this process may hold: fewer where it may not open many files."""
    if sys.platform == "win32":
        return MOST
    import resource  # noqa: PLC0415 - not on every system

    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST if allowed == resource.RLIM_INFINITY else max(8, min(MOST, allowed - SPARE_FILES))


async def _serve(server: uvicorn.Server, listening: socket.socket, crowd: Crowd) -> None:
    loop = asyncio.get_running_loop()

    def meet(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None:
            crowd.meet(error)

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            crowd.look(loop.time())

    loop.set_exception_handler(meet)
    looking = loop.create_task(look())
    try:
        await server.serve(sockets=[listening])
    finally:
        looking.cancel()
