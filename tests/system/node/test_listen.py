"""A node as a process, with a modality and an archive of pynetdicom."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import psutil
import pydicom
from hospital import (
    archive,
    client_tls,
    echo,
    free_port,
    running,
    send,
    silent_sockets,
    tls_options,
    write_certificates,
    write_study,
)
from pydicom.data import get_testdata_file

from mammocalc.cli import main
from mammocalc.node.certificates import Certificates

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def names_in(text: str) -> list[str]:
    return [word for word in ("Testpatient", "Number1", "P1\n") if word in text]


def test_a_study_is_delivered_once_whatever_happens_on_the_way(drawn: Path, tmp_path: Path) -> None:
    """Killed while it analyses; destination down; the same again; a late image; two patients in one study."""
    first, late = write_study([drawn / "grouped.dcm", drawn / "none.dcm"], tmp_path / "in", 1)
    port = free_port()
    arguments = ("--settle", "0.5", "--from", "ARCHIVE", "--send-to", f"ARCHIVE@127.0.0.1:{port}")
    spool = tmp_path / "spool"
    with running(spool, *arguments) as node:
        assert send(node.port, [first]) == [0]
        node.wait_for("1 image; analysing")
        time.sleep(2)
        node.kill()
    with running(spool, *arguments) as node:
        node.wait_for("it cannot be reached")
        with archive(tmp_path / "archive", port=port) as store:
            node.wait_for("stored by ARCHIVE")
            before = dict(store.received)
            assert set(before.values()) == {1}
            assert send(node.port, [first]) == [0]
            node.wait_for("nothing new, nothing to send")
            assert dict(store.received) == before
            assert send(node.port, [late]) == [0]
            node.wait_for("2 images, 1 of them new since the last time: the whole study again")
            node.wait_for("stored by ARCHIVE", 2)
            assert set(store.received.values()) == {1}
            assert len(store.received) > len(before)
            for file in store.folder.iterdir():
                dataset = pydicom.dcmread(file)
                assert (dataset.PatientID, str(dataset.PatientName)) == ("P1", "Testpatient^Number1")
                assert dataset.StudyInstanceUID == pydicom.dcmread(first).StudyInstanceUID
            known = len(store.received)
            mixed = write_study([drawn / "grouped.dcm", drawn / "none.dcm"], tmp_path / "mixed", 2)
            other = pydicom.dcmread(mixed[1])
            other.PatientID = "P3"
            other.save_as(mixed[1])
            assert send(node.port, mixed) == [0, 0]
            node.wait_for("images of two patients carry the same Study Instance UID")
            assert len(store.received) == known
        assert node.stop() == 0
        said = node.text
    assert names_in(said) == []
    assert pydicom.dcmread(first).StudyInstanceUID not in said
    for record in (spool / "done").iterdir():
        assert names_in(record.read_text()) == []
        assert json.loads(record.read_text())["instances"]


def test_only_certificates_of_the_authority_are_let_in(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    write_certificates(keys)
    with running(tmp_path / "spool", *tls_options(keys)) as node:
        silent = silent_sockets(node.port, 20)
        assert echo(node.port, tls=client_tls(keys, "archive"))
        assert not echo(node.port)
        assert not echo(node.port, tls=client_tls(keys, None))
        assert not echo(node.port, tls=client_tls(keys, "stranger"))
        assert echo(node.port, tls=client_tls(keys, "archive"))
        assert "refused a connection: no TLS" in node.text
        assert node.stop() == 0
        for one in silent:
            one.close()


def test_results_go_over_tls_and_what_the_archive_refuses_is_put_aside(tmp_path: Path) -> None:
    keys, spool = tmp_path / "keys", tmp_path / "spool"
    write_certificates(keys)
    out = spool / "outgoing" / "1.2.3"
    with running(spool):
        pass
    out.mkdir()
    whole: Any = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
    uids = [f"1.2.3.{number}" for number in range(3)]
    for uid, sop_class in zip(uids, ("2", "4", "7"), strict=True):
        whole.SOPInstanceUID, whole.SOPClassUID = uid, f"1.2.840.10008.5.1.4.1.1.{sop_class}"
        whole.file_meta.MediaStorageSOPInstanceUID, whole.file_meta.MediaStorageSOPClassUID = uid, whole.SOPClassUID
        whole.save_as(out / f"{uid}.dcm")
    (out / "study.json").write_text(json.dumps({"instances": {}, "objects": dict.fromkeys(uids, "")}))
    server = Certificates(keys / "archive.key", keys / "archive.pem", keys / "ca.pem").for_callers()
    refusals = {"1.2.840.10008.5.1.4.1.1.4": 0xC000, "1.2.840.10008.5.1.4.1.1.7": 0xA700}
    with archive(tmp_path / "archive", tls=server, statuses=refusals) as store:
        target = f"ARCHIVE@localhost:{store.port}"
        with running(spool, *tls_options(keys), "--send-tls", "--send-to", target) as node:
            node.wait_for("refused an object for good: status 0xC000")
            node.wait_for("status 0xA700; tried again in 2 s")
            refusals.clear()
            node.wait_for("1 of 1 objects stored")
            assert node.stop() == 0
        assert dict(store.received) == {"1.2.3.0": 1, "1.2.3.2": 1}
    assert [path.name for path in (spool / "refused").rglob("*.dcm")] == ["1.2.3.1.dcm"]
    assert (spool / "done" / "1.2.3.json").exists()


def test_workers_end_with_a_node_that_is_killed(drawn: Path, tmp_path: Path) -> None:
    files = write_study([drawn / "grouped.dcm"], tmp_path / "in", 1)
    with running(tmp_path / "spool", "--settle", "0.2") as node:
        send(node.port, files)
        node.wait_for("analysing")
        children: list[psutil.Process] = []
        while not children:
            children = psutil.Process(node.process.pid).children(recursive=True)
        node.process.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(children, 20)
    assert alive == []


def test_without_the_extra_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "mammocalc.node.optional_imports.find_spec", lambda name: None if name == "pynetdicom" else name
    )
    assert main(["listen", "--port", "0", "--ae-title", "A"]) == 2
    assert "pip install 'mammocalc[listen]'" in capsys.readouterr().err
