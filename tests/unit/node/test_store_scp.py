"""Real associations with a scp on the loopback: what is let in, and what each thing is answered."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Any

import pytest
from hospital import ARCHIVE, associate, echo, send, silent_sockets, wait_until
from pynetdicom import AE, _config
from pynetdicom.pdu_primitives import P_DATA

from mammocalc.node import arrivals as arrivals_module
from mammocalc.node.arrivals import Arrivals
from mammocalc.node.connection_limits import set_up_library
from mammocalc.node.journal import Journal
from mammocalc.node.serve import temporary_files_in
from mammocalc.node.store_scp import STORED_CLASSES, StoreScp, StoreScpSettings
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pydicom.dataset import Dataset

    from mammocalc.node.spool import Spool

CAD_SR = "1.2.840.10008.5.1.4.1.1.88.50"


class Said(list[str]):
    @property
    def text(self) -> str:
        return "\n".join(self)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def scp(spool: Spool, said: Said) -> Iterator[StoreScp]:
    set_up_library()
    journal = Journal(said.append)
    arrivals = Arrivals(spool, 0.1, journal)
    with temporary_files_in(spool.root / "receiving"):
        scp = StoreScp(StoreScpSettings("MAMMOCALC", "127.0.0.1", 0, (ARCHIVE,)), arrivals, journal.refuse)
        scp.open()
        yield scp
        scp.close()


def received(spool: Spool) -> list[str]:
    return sorted(path.name for path in (spool.root / "incoming").rglob("*.dcm"))


def test_an_image_is_in_the_spool_before_it_is_answered(
    scp: StoreScp, spool: Spool, write: Callable[..., Path], tmp_path: Path
) -> None:
    association = associate(scp.port, [write(tmp_path / "a")])
    assert association.send_c_store(tmp_path / "a").Status == 0
    assert received(spool) == ["1.2.3.4.dcm"]
    association.release()
    assert list((spool.root / "receiving").iterdir()) == []


def test_strangers_are_refused_and_named(scp: StoreScp, said: Said, write: Callable[..., Path], tmp_path: Path) -> None:
    assert send(scp.port, [write(tmp_path / "a")], "STRANGER") == []
    assert "refused an association of STRANGER" in said.text
    assert echo(scp.port)


def test_results_cannot_come_back_in(scp: StoreScp, write: Callable[..., Path], tmp_path: Path) -> None:
    association = associate(scp.port, [write(tmp_path / "sr", SOPClassUID=CAD_SR)])
    with pytest.raises(ValueError, match=r"[Nn]o presentation context"):
        association.send_c_store(tmp_path / "sr")
    association.release()
    assert not [uid for uid in STORED_CLASSES if ".88." in uid or ".66." in uid or uid.endswith(".11.1")]


def test_a_caller_of_whose_proposals_nothing_is_taken_is_named(scp: StoreScp, said: Said) -> None:
    entity = AE(ARCHIVE)
    entity.add_requested_context(STORED_CLASSES[0], "1.2.840.113619.5.2")  # a maker's own transfer syntax
    assert not entity.associate("127.0.0.1", scp.port, ae_title="MAMMOCALC").is_established
    wait_until(lambda: "nothing that ARCHIVE proposes is taken here" in said.text, 10)


@pytest.mark.parametrize(
    "case",
    [
        ({"StudyInstanceUID": "../../etc"}, 0xC000, "StudyInstanceUID is not a UID"),
        ({"StudyInstanceUID": ""}, 0xC000, "StudyInstanceUID is missing"),
        ({"SOPInstanceUID": "1.2.3.9"}, 0xA900, "another instance than the command says"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.2.1"}, 0xA900, "another instance than the command says"),
    ],
)
def test_what_contradicts_itself_is_refused_with_a_sentence(
    scp: StoreScp, spool: Spool, said: Said, write: Callable[..., Path], case: tuple[dict[str, str], int, str]
) -> None:
    changed, status, why = case
    folder = spool.root.parent
    whole = write(folder / "a")
    content = write(folder / "b", **changed).read_bytes()
    meta_end = 144 + struct.unpack_from("<I", whole.read_bytes(), 140)[0]
    start = 144 + struct.unpack_from("<I", content, 140)[0]
    whole.write_bytes(whole.read_bytes()[:meta_end] + content[start:])
    association = associate(scp.port, [whole])
    assert as_claimed(association, whole).Status == status
    association.release()
    assert received(spool) == []
    assert why in said.text
    assert "Secret" not in said.text


def as_claimed(association: Any, file: Path) -> Dataset:
    """Send a file under the UIDs of its File Meta Information, whatever its data set says."""
    _config.STORE_SEND_CHUNKED_DATASET = True
    try:
        answer: Dataset = association.send_c_store(file)
    finally:
        _config.STORE_SEND_CHUNKED_DATASET = False
    return answer


def test_a_uid_that_comes_twice_with_other_content_is_refused(
    scp: StoreScp, spool: Spool, said: Said, write: Callable[..., Path], tmp_path: Path
) -> None:
    files = [write(tmp_path / "a"), write(tmp_path / "b"), write(tmp_path / "c", StudyDescription="other")]
    assert send(scp.port, files) == [0, 0, 0xC001]
    assert received(spool) == ["1.2.3.4.dcm"]
    assert "came before with other content" in said.text


def test_a_full_disk_asks_the_sender_to_come_again(
    scp: StoreScp, spool: Spool, write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals_module, "LEAST_FREE_BYTES", 1 << 62)
    assert send(scp.port, [write(tmp_path / "a")]) == [0xA700]
    assert received(spool) == []


def test_silent_sockets_garbage_and_huge_pdus_keep_nobody_out(scp: StoreScp, said: Said) -> None:
    silent = silent_sockets(scp.port, 80)
    for start in (
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(range(256)) * 20,
        b"\x01\x00",
        b"\x04\x00\xff\xff\xff\xff" + bytes(99),
    ):
        with socket.create_connection(("127.0.0.1", scp.port)) as one:
            one.sendall(start)
    assert echo(scp.port)
    wait_until(lambda: "a PDU claims 4294967295 bytes" in said.text)
    for one in silent:
        one.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # of the caller, not of the node
def test_a_message_that_is_none_ends_its_association_alone(
    scp: StoreScp, spool: Spool, said: Said, write: Callable[..., Path], tmp_path: Path
) -> None:
    association = associate(scp.port, [write(tmp_path / "a")])
    garbage: Any = P_DATA()
    garbage.presentation_data_value_list = [[1, b"\x03" + b"\xde\xad\xbe\xef" * 9]]
    association.dul.send_pdu(garbage)
    association.join(10)
    assert not association.is_established
    assert "the association was aborted" in said.text
    assert send(scp.port, [write(tmp_path / "a")]) == [0]
    assert received(spool) == ["1.2.3.4.dcm"]


def test_a_port_that_is_taken_is_an_error_with_a_way_out(scp: StoreScp, spool: Spool) -> None:
    with pytest.raises(UsageError, match="Choose another --port"):
        StoreScp(StoreScpSettings("OTHER", "127.0.0.1", scp.port), Arrivals(spool, 1, Journal(print)), print)


@pytest.mark.filterwarnings("ignore:Invalid value for VR UI:UserWarning")  # of the caller
def test_a_uid_that_is_a_path_leads_nowhere(
    scp: StoreScp, spool: Spool, said: Said, write: Callable[..., Path], tmp_path: Path
) -> None:
    file = write(tmp_path / "a", instance="../../../etc/x")
    association = associate(scp.port, [file])
    answer = as_claimed(association, file)
    if association.is_established:
        association.release()
    assert answer.get("Status") != 0
    assert received(spool) == []
    assert not list(spool.root.rglob("x*"))
    assert said.text
