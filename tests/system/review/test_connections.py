"""Whoever fills the server with connections, without the token, locks nobody out and fills no terminal."""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.review.server.connections import BODY_S, MOST_STRANGERS, STALLED_S

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 1100
TILES = 30
"""Of a megabyte each: more than the system keeps for somebody who does not listen."""


@pytest.fixture(scope="module")
def quiet(open_server: Any, reviewed: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server that has said nothing but that it stopped when all of these tests are over."""
    answers = tmp_path_factory.mktemp("quiet") / "a.sqlite"
    server = open_server(reviewed / "run", "--answers", str(answers), "--images", str(reviewed / "in"))
    yield server
    server.end()
    assert server.told == "Stopped. Every answer is saved.\n"


@pytest.fixture
def files() -> Iterator[None]:
    """Let this process open as many files as the test needs."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < MANY + 200:
        pytest.skip(f"this system lets a process open {before[1]} files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], MANY + 200), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def connect(server: Any, first: bytes = b"") -> socket.socket:
    host, port = server.address.split("/")[2].split(":")
    opened = socket.create_connection((host, int(port)), timeout=10)
    if first:
        opened.sendall(first)
    return opened


def is_closed(opened: socket.socket) -> bool:
    """Whether the server has closed a connection, as far as it can be told without waiting."""
    opened.settimeout(0)
    try:
        return opened.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_half_open_connections_lock_nobody_out(quiet: Any, uid: str, first: bytes) -> None:
    assert quiet.image(uid)["pixels"]["available"]
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(connect(quiet, first)) for _ in range(MANY)]
        fresh = type(quiet.client)(base_url=quiet.address, timeout=10, trust_env=False)
        stack.enter_context(fresh)
        assert fresh.get("api/run").status_code == 200
        time.sleep(1)
        assert fresh.get("api/worklist").status_code == 200
        assert sum(not is_closed(one) for one in crowd) <= MOST_STRANGERS


def is_over(opened: socket.socket, more: bytes) -> bool:
    """Send some more, and say whether the server has closed the connection."""
    opened.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        try:
            opened.send(more)
            return opened.recv(65536) == b""
        except ConnectionError:
            return True
    return False


def head(server: Any, more: str, place: str = "api/run", method: str = "GET") -> bytes:
    _, _, host, path = server.address.split("/", 3)
    return f"{method} /{path}{place} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode()


def test_who_keeps_the_server_waiting_is_sent_away(quiet: Any, uid: str) -> None:
    """All at once: a head that never ends, a body that never comes, one that was not asked for, nobody who listens."""
    post = "Content-Type: application/json\r\nX-Mammocalc: 1\r\nContent-Length: 100\r\n"
    slow = {
        "nothing": connect(quiet),
        "drip": connect(quiet, b"GET / HTTP/1.1\r\n"),
        "no body": connect(quiet, head(quiet, post, f"api/images/{uid}/answers", "POST")),
        "chunks": connect(quiet, head(quiet, "Transfer-Encoding: chunked\r\n")),
        "kept": connect(quiet, head(quiet, "")),
    }
    deaf = connect(quiet, head(quiet, "", f"api/images/{uid}/pixels/0/0/0") * TILES)
    end = time.monotonic() + BODY_S + 15
    more = {"drip": b"X", "chunks": b"1\r\nx\r\n"}
    closed: set[str] = set()
    while time.monotonic() < end and len(closed) < len(slow):
        closed |= {name for name, one in slow.items() if name not in closed and is_over(one, more.get(name, b""))}
        time.sleep(0.2)
    assert closed == set(slow)
    time.sleep(max(0, STALLED_S + 4 - (time.monotonic() - (end - BODY_S - 15))))
    heard = 0
    with contextlib.suppress(ConnectionError):
        while got := deaf.recv(1 << 20):
            heard += len(got)
    assert heard < TILES * len(quiet.get(f"api/images/{uid}/pixels/0/0/0").content)
    deaf.close()
    for one in slow.values():
        one.close()
    assert quiet.get("api/run").status_code == 200


@pytest.mark.parametrize(
    ("more", "body", "method", "codes"),
    [
        ("X-Long: " + "a" * 200_000 + "\r\n", b"", "GET", b"400"),
        ("Content-Length: 1000000\r\n", b"x" * 10, "GET", b"413"),
        ("Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n", "GET", b"413"),
        (
            "Content-Type: application/json\r\nX-Mammocalc: 1\r\nTransfer-Encoding: chunked\r\n",
            b"0\r\n\r\n",
            "POST",
            b"411",
        ),
        ("Content-Type: application/json\r\nX-Mammocalc: 1\r\nContent-Length: 10000000000\r\n", b"", "POST", b"413"),
        ("Content-Type: application/json\r\nX-Mammocalc: 1\r\nContent-Length: -1\r\n", b"", "POST", b"400"),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", b"hello", "GET", b"400"),
        ("\x00: \x00\r\n", b"", "GET", b"400"),
        ("Upgrade: websocket\r\nConnection: Upgrade\r\n", b"", "GET", b"200"),
        ("Expect: 100-continue\r\nContent-Length: 9\r\n", b"", "GET", b"413"),
    ],
)
def test_a_request_that_is_too_much_is_refused_without_a_word_on_the_terminal(
    quiet: Any, more: str, body: bytes, method: str, codes: bytes
) -> None:
    with connect(quiet, head(quiet, more, method=method) + body) as opened:
        opened.settimeout(10)
        assert opened.recv(65536).split()[1] == codes
    assert quiet.get("api/run").status_code == 200


@pytest.mark.usefixtures("files")
def test_a_process_that_may_open_few_files_still_serves_and_says_so_once(
    serve: Any, reviewed: Any, uid: str, tmp_path: Any
) -> None:
    """As where the limit of the system is reached by something else than connections."""
    program = (
        "import resource, sys; from mammocalc.cli import main; import mammocalc.review.server.connections as c; "
        "c.most_connections = lambda: c.MOST; c.MOST_STRANGERS = c.MOST; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (70, 70)); sys.exit(main(sys.argv[1:]))"
    )
    answers = str(tmp_path / "a.sqlite")
    server = serve(reviewed / "run", "--images", str(reviewed / "in"), "--answers", answers, program=("-c", program))
    assert server.image(uid)["pixels"]["available"]
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(connect(server))
        time.sleep(3)
        assert server.get("api/run").status_code == 200
    server.end()
    first, last = server.told.splitlines()
    assert "ulimit -n" in first
    assert last == "Stopped. Every answer is saved."
