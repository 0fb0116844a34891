from __future__ import annotations

from pathlib import Path

import pytest

from mammocalc.config import load
from mammocalc.node.objects import ObjectsWanted
from mammocalc.node.peers import Peer, check_ae_title, parse_peer
from mammocalc.node.request import ListenRequest
from mammocalc.node.serve import listen
from mammocalc.node.start_message import introduce
from mammocalc.node.web_server import WebServer, parse_url
from mammocalc.vocabulary.errors import UsageError


@pytest.mark.parametrize("text", ["", "A" * 17, "A\\B", " A", "A ", "Ä", "A\nB"])
def test_what_is_no_ae_title_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="1 to 16 characters"):
        check_ae_title(text, "--from")


@pytest.mark.parametrize("text", ["A", "A@h", "@h:1", "A@:1", "A@h:0", "A@h:65536", "A@h:x", "A@::1:104", "A@h:1 "])
def test_what_names_no_peer_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_peer(text, "--send-to")


def test_a_peer_is_written_as_it_is_read() -> None:
    for text in ("STORE SCP@archive.example:104", "A@[::1]:4242"):
        assert str(parse_peer(text, "--send-to")) == text


@pytest.mark.parametrize("text", ["archive", "ftp://h/x", "http://", "http://u:p@h/x", "http://h/x?y", "http://h:x/"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_url(text, "--web-to")


def request(**more: object) -> ListenRequest:
    return ListenRequest(Path("spool"), "MAMMOCALC", 104, load(), ObjectsWanted(), 1, **more)  # type: ignore[arg-type]


def test_what_a_node_exposes_is_said() -> None:
    quiet = "\n".join(introduce(request(callers=("A",), send_to=Peer("A", "127.0.0.1", 104)), 104))
    assert "EXPOSED" not in quiet
    loud = "\n".join(introduce(request(host="10.0.0.5", callers=("A",), send_to=Peer("A", "10.0.0.6", 104)), 104))
    assert loud.count("EXPOSED") == 2
    web = "\n".join(introduce(request(web_from=WebServer("http://h"), web_to=WebServer("https://h")), 104))
    assert web.count("EXPOSED") == 1
    assert "any AE title" in web
    assert "NOWHERE" in "\n".join(introduce(request(), 104))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"host": "10.0.0.5"}, "say who may call"),
        ({"send_with_tls": True}, "--send-tls needs"),
        ({"send_to": Peer("A", "127.0.0.1", 104)}, "this node itself"),
        ({"send_to": Peer("A", "h", 1), "web_to": WebServer("http://h")}, "one destination"),
    ],
)
def test_what_contradicts_itself_is_refused_before_anything_is_done(more: dict[str, object], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        listen(request(**more), print, lambda: True)
    assert not Path("spool").exists()
