"""A hospital on the loopback: the node as a process, a modality that sends, an archive that stores, an authority."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pydicom
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydicom.uid import generate_uid
from pynetdicom import AE, StoragePresentationContexts, evt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

NODE, ARCHIVE = "MAMMOCALC", "ARCHIVE"


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for something; TimeoutError if it does not come."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.05)


def free_port() -> int:
    """Give a port of the loopback that nobody has now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Node:
    """
    ``mammocalc listen`` as a process of its own.

    Parameters
    ----------
    spool : Path
    arguments : str
        More of the command line.
    """

    def __init__(self, spool: Path, *arguments: str, port: int = 0) -> None:
        command = [sys.executable, "-m", "mammocalc", "listen", "--port", str(port), "--ae-title", NODE]
        command += ["--spool", str(spool), "--workers", "1", *arguments]
        self.lines: list[str] = []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        wait_until(lambda: self.port != 0 or self.process.poll() is not None, 120)

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip("\n"))

    @property
    def port(self) -> int:
        """Where it listens; 0 as long as it does not."""
        for line in self.lines:
            if " on 127.0.0.1:" in line:
                return int(line.partition(" on 127.0.0.1:")[2].split()[0])
        return 0

    @property
    def text(self) -> str:
        """What it has said."""
        return "\n".join(self.lines)

    def wait_for(self, words: str, times: int = 1, seconds: float = 180.0) -> None:
        """Wait until it has said something so many times."""
        with suppress(TimeoutError):
            wait_until(lambda: self.text.count(words) >= times or self.process.poll() is not None, seconds)
        if self.text.count(words) < times:
            raise TimeoutError(self.text)

    def kill(self) -> None:
        """End it by SIGKILL."""
        self.process.kill()
        self._end()

    def stop(self) -> int:
        """End it by SIGTERM, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self) -> int:
        code = self.process.wait(60)
        self._reader.join(10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@contextmanager
def running(spool: Path, *arguments: str, port: int = 0) -> Iterator[Node]:
    """Run a node for as long as this lasts."""
    node = Node(spool, *arguments, port=port)
    try:
        yield node
    finally:
        node.kill()


@dataclass
class Archive:
    """An application entity that stores what it gets, and counts how often each instance came."""

    folder: Path
    port: int = field(default_factory=free_port)
    statuses: dict[str, int] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    received: Counter[str] = field(default_factory=Counter)
    _entity: Any = None

    def open(self) -> None:
        """Begin to listen."""
        self._entity = AE(ARCHIVE)
        self._entity.supported_contexts = StoragePresentationContexts
        for context in self._entity.supported_contexts:
            self._entity.add_supported_context(context.abstract_syntax, "1.2.840.10008.1.2.5")
        handlers: Any = [(evt.EVT_C_STORE, self._store)]
        self._entity.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers, ssl_context=self.tls)

    def close(self) -> None:
        """Stop to listen."""
        self._entity.shutdown()

    def _store(self, event: Any) -> int:
        dataset = event.dataset
        dataset.file_meta = event.file_meta
        status = self.statuses.get(str(dataset.SOPClassUID), 0)
        if status == 0:
            self.received[str(dataset.SOPInstanceUID)] += 1
            dataset.save_as(self.folder / f"{dataset.SOPInstanceUID}.dcm", enforce_file_format=True)
        return status

    @property
    def address(self) -> str:
        """How it is named on the command line."""
        return f"{ARCHIVE}@127.0.0.1:{self.port}"


@contextmanager
def archive(folder: Path, **named: Any) -> Iterator[Archive]:
    """Run an archive for as long as this lasts."""
    folder.mkdir(exist_ok=True)
    one = Archive(folder, **named)
    one.open()
    try:
        yield one
    finally:
        one.close()


def associate(port: int, files: Sequence[Path], title: str = ARCHIVE, tls: ssl.SSLContext | None = None) -> Any:
    """Ask the node for an association in which these files can be sent, or a C-ECHO where there are none."""
    entity = AE(title)
    entity.acse_timeout = entity.dimse_timeout = entity.connection_timeout = 30
    entity.add_requested_context("1.2.840.10008.1.1")
    for sop_class, syntax in sorted({_kind_of(file) for file in files}):
        entity.add_requested_context(sop_class, syntax)
    return entity.associate("127.0.0.1", port, ae_title=NODE, tls_args=None if tls is None else (tls, "localhost"))


def send(port: int, files: Sequence[Path], title: str = ARCHIVE, tls: ssl.SSLContext | None = None) -> list[int]:
    """Send files to the node, and give what each was answered; empty where it refuses the association."""
    association = associate(port, files, title, tls)
    if not association.is_established:
        return []
    try:
        return [int(association.send_c_store(file).Status) for file in files]
    finally:
        association.release()


def echo(port: int, title: str = ARCHIVE, tls: ssl.SSLContext | None = None) -> bool:
    """Whether the node answers a C-ECHO."""
    association = associate(port, (), title, tls)
    if not association.is_established:
        return False
    answer = association.send_c_echo()
    association.release()
    return bool(answer.get("Status") == 0)


def _kind_of(file: Path) -> tuple[str, str]:
    meta = pydicom.filereader.read_file_meta_info(file)
    return str(meta.MediaStorageSOPClassUID), str(meta.TransferSyntaxUID)


def write_study(sources: Sequence[Path], folder: Path, number: int, **changed: str) -> list[Path]:
    """Copy images as one study of one patient; ``changed`` are attributes that all get."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for index, source in enumerate(sources):
        dataset = pydicom.dcmread(source)
        dataset.PatientID, dataset.PatientName = f"P{number}", f"Testpatient^Number{number}"
        dataset.StudyInstanceUID = generate_uid(entropy_srcs=[f"study {number}"])
        dataset.SeriesInstanceUID = generate_uid(entropy_srcs=[f"series {number}"])
        dataset.SOPInstanceUID = generate_uid(entropy_srcs=[f"study {number} image {index}"])
        for keyword, value in changed.items():
            setattr(dataset, keyword, value)
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        files.append(folder / f"{number}_{index}.dcm")
        dataset.save_as(files[-1])
    return files


def silent_sockets(port: int, count: int) -> list[socket.socket]:
    """Connect so often, and say nothing."""
    return [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(count)]


def write_certificates(folder: Path) -> None:
    """Write ca.pem, and key and certificate of node, archive and stranger, the last by an authority of its own."""
    folder.mkdir(exist_ok=True)
    authority = _make("authority", None)
    _write(folder, "ca", authority)
    for name in ("node", "archive"):
        _write(folder, name, _make(name, authority))
    _write(folder, "stranger", _make("stranger", _make("another authority", None)))


def _make(name: str, issuer: tuple[Any, Any] | None) -> tuple[Any, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer[1].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    )
    return key, builder.sign(key if issuer is None else issuer[0], hashes.SHA256())


def _write(folder: Path, name: str, pair: tuple[Any, Any]) -> None:
    key, certificate = pair
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / f"{name}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def tls_options(folder: Path) -> tuple[str, ...]:
    """Give the options by which the node takes its key, its certificate and the authority from there."""
    files = {"--tls-key": "node.key", "--tls-cert": "node.pem", "--tls-ca": "ca.pem"}
    return tuple(word for option, name in files.items() for word in (option, str(folder / name)))


def client_tls(folder: Path, name: str | None) -> ssl.SSLContext:
    """Give what a caller with this certificate, or with none, connects by."""
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    if name is not None:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def own_network() -> Callable[[], None]:
    """
    Put this thread, and what it starts, into a network of its own with nothing but a loopback.

    Returns
    -------
    callable
        Goes back.

    Raises
    ------
    OSError
        Where the system does not let this user.
    """
    import ctypes  # noqa: PLC0415

    library = ctypes.CDLL(None, use_errno=True)
    before = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
    new_network = 0x40000000
    if library.unshare(new_network) != 0:
        number = ctypes.get_errno()
        os.close(before)
        raise OSError(number, os.strerror(number))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

    def back() -> None:
        library.setns(before, 0)
        os.close(before)

    return back
