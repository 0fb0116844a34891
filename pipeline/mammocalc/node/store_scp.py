"""C-STORE provider: which callers and instances are accepted, and the status of each answer."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, Final, cast

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.transport import ThreadedAssociationServer

from mammocalc.dicom.pixels.decode import SYNTAXES
from mammocalc.dicom.reader.sop_classes import MAMMOGRAPHY_CLASSES, RADIOGRAPHIC_CLASSES
from mammocalc.dicom.writer.instance import IMPLEMENTATION
from mammocalc.node.connection_limits import MAXIMUM_PDU, PDU_S, REQUEST_S, hold_to_bounds
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from pynetdicom.association import Association
    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.events import Event

    from mammocalc.node.arrivals import Arrivals

VERIFICATION: Final = "1.2.840.10008.1.1"
PREFERRED: Final = (str(ExplicitVRLittleEndian), str(ImplicitVRLittleEndian), str(ExplicitVRBigEndian))
TRANSFER_SYNTAXES: Final = tuple(dict.fromkeys((*PREFERRED, *SYNTAXES)))
"""Whatever the reader decodes; of several that are offered in one context the first is taken."""
STORED_CLASSES: Final = tuple(sorted(MAMMOGRAPHY_CLASSES | RADIOGRAPHIC_CLASSES))
"""Images that may be mammograms. No reports, segmentations or presentation states: results cannot come back in."""
IMPLEMENTATION_CLASS_UID: Final = IMPLEMENTATION  # of the objects that are sent, too
IMPLEMENTATION_VERSION_NAME: Final = "MAMMOCALC"
MOST_ASSOCIATIONS: Final = 50
"""At once. An archive opens a few, a hospital's modalities one each."""
UNBOUNDED: Final = 100_000  # pynetdicom counts silent connections as associations, so it does not count here
TOO_MANY: Final = (0x02, 0x03, 0x02)  # rejected for now, by the provider: local limit exceeded (PS3.8 9.3.4)
MOST_WAITING: Final = 64
"""Connections that have not asked for an association yet; of more, the one that has waited longest has to go."""


@dataclass(frozen=True, slots=True)
class StoreScpSettings:
    """
    Where a node listens, and to whom.

    ``callers`` are the AE titles that may call, any where it is empty. ``tls`` is None for plain DICOM.
    """

    ae_title: str
    host: str
    port: int
    callers: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None


class StoreScp:
    """
    The listening half of a node.

    Parameters
    ----------
    settings : StoreScpSettings
    arrivals : Arrivals
        Takes what is stored.
    refuse : callable
        Gets a sentence for each caller that is refused.

    Raises
    ------
    UsageError
        If the address cannot be used.
    """

    def __init__(self, settings: StoreScpSettings, arrivals: Arrivals, refuse: Callable[[str], None]) -> None:
        self._settings, self._arrivals, self._refuse = settings, arrivals, refuse
        entity = AE(settings.ae_title)
        entity.implementation_class_uid = IMPLEMENTATION_CLASS_UID
        entity.implementation_version_name = IMPLEMENTATION_VERSION_NAME
        entity.maximum_pdu_size = MAXIMUM_PDU
        entity.maximum_associations = UNBOUNDED
        entity.acse_timeout, entity.dimse_timeout, entity.network_timeout = REQUEST_S, PDU_S, PDU_S
        entity.require_called_aet = True
        entity.require_calling_aet = list(settings.callers)
        for sop_class in STORED_CLASSES:
            entity.add_supported_context(sop_class, list(TRANSFER_SYNTAXES))
        entity.add_supported_context(VERIFICATION)
        handlers: list[Any] = [
            (evt.EVT_CONN_OPEN, self._opened),
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_REQUESTED, self._requested),
            (evt.EVT_REJECTED, self._rejected),
            (evt.EVT_ACCEPTED, self._accepted),
            (evt.EVT_RELEASED, self._left, [False]),
            (evt.EVT_ABORTED, self._left, [True]),
            (evt.EVT_CONN_CLOSE, self._left, [False]),
        ]
        try:
            self._server = _Server(
                entity,
                (settings.host, settings.port),
                settings.ae_title,
                entity.supported_contexts,
                ssl_context=settings.tls,
                evt_handlers=handlers,
            )
        except OSError as error:
            why = error.strerror or "it is no address of this machine"
            message = (
                f"port {settings.port} of {settings.host} cannot be used ({why}). Choose another --port or --host."
            )
            raise UsageError(message) from None
        self._server.refuse = refuse
        self.port: int = self._server.server_address[1]

    def open(self) -> None:
        """Begin to answer, in a thread of its own."""
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def close(self) -> None:
        """Stop answering, and abort open connections and associations."""
        self._server.shutdown()
        self._server.send_away()
        for association in self._server.active_associations:
            association.abort(block=False)

    def _opened(self, event: Event) -> None:
        """Put bounds on a connection before anything is read from it."""
        hold_to_bounds(event.assoc, self._refuse)

    def _requested(self, event: Event) -> None:
        self._server.welcome(event.assoc)
        if sum(one.is_established for one in self._server.active_associations) >= MOST_ASSOCIATIONS:
            event.assoc.acse.send_reject(*TOO_MANY)
            self._refuse(f"refused an association of {_title(event.assoc)}: {MOST_ASSOCIATIONS} are open")

    def _accepted(self, event: Event) -> None:
        """Say of a caller that nothing of what it proposes is taken: it goes away without a word."""
        if not event.assoc.accepted_contexts:
            self._refuse(
                f"nothing that {_title(event.assoc)} proposes is taken here: no class of images, or a transfer syntax "
                "of its own"
            )

    def _rejected(self, event: Event) -> None:
        title = _title(event.assoc)
        if self._settings.callers and title not in self._settings.callers:
            self._refuse(f"refused an association of {title}: it is not one of --from")
        else:
            self._refuse(f"refused an association of {title}: it called another AE title")

    def _left(self, event: Event, is_aborted: bool) -> None:
        self._server.welcome(event.assoc)
        self._arrivals.leave(id(event.assoc), _title(event.assoc), is_aborted=is_aborted)

    def _store(self, event: Event) -> Dataset:
        request = cast("C_STORE", event.request)
        status = self._arrivals.store(
            event.dataset_path,
            str(request.AffectedSOPClassUID or ""),
            str(request.AffectedSOPInstanceUID or ""),
            id(event.assoc),
            _title(event.assoc),
        )
        answer = Dataset()
        answer.Status = status.code
        if status.comment:
            answer.ErrorComment = status.comment[:64]
        return answer


def _title(association: Association) -> str:
    """Give the title of a caller, also before it is let in."""
    request = association.requestor.primitive
    return str(association.requestor.ae_title if request is None else request.calling_ae_title).strip()


@dataclass(slots=True)
class _Crowd:
    """Connections that have not become associations yet, in the order of their coming."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    sockets: dict[tuple[str, int], socket.socket] = field(default_factory=dict)


class _Server(ThreadedAssociationServer):
    """A server on which silent connections cost nobody but themselves a place."""

    daemon_threads = True
    request_queue_size = 128
    refuse: Callable[[str], None]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._crowd = _Crowd()
        super().__init__(*arguments, **named)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """Accept a connection; TLS begins in its own thread, for a silent one would keep all others out."""
        connection, address = self.socket.accept()  # type: ignore[union-attr]
        connection.settimeout(REQUEST_S)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection a thread, and send away the one that has waited longest if there are too many."""
        self._wait(request, client_address)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Make a connection an association."""
        try:
            if self.ssl_context is not None:
                request = self.ssl_context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
                self._wait(request, client_address)
                request.do_handshake()
            self.finish_request(request, client_address)
        except Exception:  # noqa: BLE001 - a stranger's connection
            self._forget(client_address)
            if self.ssl_context is not None:
                self.refuse("refused a connection: no TLS, or no certificate of the named authority")
            self.shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print no traceback."""

    def shutdown(self) -> None:
        """End the loop and close the socket; the library's own would look for it among those it has started."""
        TCPServer.shutdown(self)
        self.server_close()

    def welcome(self, association: Association) -> None:
        """Note that a connection has asked, or is gone."""
        information = association.requestor.address_info
        if information is not None:
            self._forget((information.address, information.port))

    def send_away(self) -> None:
        """End all connections that are no associations."""
        with self._crowd.lock:
            for connection in self._crowd.sockets.values():
                _end(connection)
            self._crowd.sockets.clear()

    def _wait(self, connection: socket.socket, address: Sequence[Any]) -> None:
        crowd = self._crowd
        with crowd.lock:
            crowd.sockets[(str(address[0]), int(address[1]))] = connection
            if len(crowd.sockets) > MOST_WAITING:
                _end(crowd.sockets.pop(next(iter(crowd.sockets))))

    def _forget(self, address: Sequence[Any]) -> None:
        with self._crowd.lock:
            self._crowd.sockets.pop((str(address[0]), int(address[1])), None)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
