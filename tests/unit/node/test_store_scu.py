"""Real associations with a destination on the loopback: what it takes, and what it does not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hospital import free_port
from pynetdicom import AE

from mammocalc.node.delivery import Fate
from mammocalc.node.peers import Peer
from mammocalc.node.store_scu import StorePeer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

VERIFICATION = "1.2.840.10008.1.1"
CAD_SR, LABEL_MAP = "1.2.840.10008.5.1.4.1.1.88.50", "1.2.840.10008.5.1.4.1.1.66.7"


@contextmanager
def destination(*classes: str) -> Iterator[StorePeer]:
    """Run an application entity that knows these classes, and stores nothing."""
    entity = AE("ARCHIVE")
    for one in classes:
        entity.add_supported_context(one)
    port = free_port()
    entity.start_server(("127.0.0.1", port), block=False)
    try:
        yield StorePeer(Peer("ARCHIVE", "127.0.0.1", port), "MAMMOCALC")
    finally:
        entity.shutdown()


def test_a_destination_that_takes_none_of_the_classes_has_refused_for_good(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    files = [write(tmp_path / "a", SOPClassUID=CAD_SR), write(tmp_path / "b", SOPClassUID=LABEL_MAP)]
    with destination(VERIFICATION) as peer:
        answers = list(peer.offer(files))
    assert [(answer.file, answer.fate) for answer in answers] == [(file, Fate.REFUSED) for file in files]
    assert [answer.why for answer in answers] == [
        "it takes no Mammography CAD SR Storage",
        "it takes no Label Map Segmentation Storage",
    ]
