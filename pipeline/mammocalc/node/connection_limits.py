"""
What one connection may cost, held where pynetdicom has no bound of its own.

Its timers do not run while it waits for the rest of a PDU, and it believes any length; a message that it cannot decode
ends its thread and leaves the socket open.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from pynetdicom import _config

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynetdicom.association import Association
    from pynetdicom.dimse_messages import DIMSEMessage
    from pynetdicom.pdu_primitives import P_DATA
    from pynetdicom.transport import AssociationSocket

REQUEST_S: Final = 5.0
"""For a TLS handshake, and for the request of an association: one on the same continent takes a tenth of a second."""
PDU_S: Final = 30.0
"""For the rest of a PDU that has begun, for the next one, and for each answer."""
MOST_PDU_BYTES: Final = 1 << 20
"""Peers are told 128 KiB; a request for associations with every context there can be has 200 KiB."""
MAXIMUM_PDU: Final = 1 << 17
MOST_COMMAND_BYTES: Final = 1 << 16
MOST_OBJECT_BYTES: Final = 1 << 31
"""Ten times a large mammogram; a volume of tomosynthesis has up to 1.5 GB."""
MOST_WAITING_MESSAGES: Final = 4
"""A sender waits for each answer before it sends on: one."""


def hold_to_bounds(association: Association, say: Callable[[str], None]) -> None:
    """Put bounds on what an association that was just made may send; ``say`` gets a sentence where one is passed."""
    bounds = _Bounds(association, say)
    association.dul.socket.recv = bounds.receive_bytes  # type: ignore[union-attr, method-assign]
    association.dul.state_machine.do_action = bounds.act  # type: ignore[method-assign]
    association.dimse.receive_primitive = bounds.receive_primitive  # type: ignore[method-assign]


class _Bounds:
    """Stands between an association and three of its methods."""

    def __init__(self, association: Association, say: Callable[[str], None]) -> None:
        self._association, self._say = association, say
        self._transport = cast("AssociationSocket", association.dul.socket)
        self._act = association.dul.state_machine.do_action
        self._receive_primitive = association.dimse.receive_primitive
        self._received = 0

    def receive_bytes(self, count: int) -> bytearray:
        """Read so many bytes from the connection; OSError after the time, or where they are too many."""
        connection = self._transport.socket
        if connection is None:
            raise ConnectionAbortedError
        data = bytearray()
        until = time.monotonic() + (PDU_S if self._association.is_established else REQUEST_S)
        try:
            if count > MOST_PDU_BYTES:
                self._say(f"a PDU claims {count} bytes; the connection was closed")
                raise ConnectionAbortedError  # closed below, as after every other failure
            while len(data) < count:
                connection.settimeout(max(until - time.monotonic(), 0.001))
                piece = connection.recv(min(count - len(data), MAXIMUM_PDU))
                if not piece:
                    break
                data += piece
            connection.settimeout(PDU_S)
        except OSError:
            self._close()
            raise
        return data

    def act(self, event: str) -> None:
        """Take an event; one that does not fit its state would end the thread, and leave all open."""
        try:
            self._act(event)
        except Exception:  # noqa: BLE001 - whatever a stranger has brought about
            self._close()
            self._association.dul.kill_dul()

    def receive_primitive(self, primitive: P_DATA) -> None:
        """Take a part of a message, and abort the association where it is none or too long."""
        association = self._association
        try:
            self._received += sum(len(data) for _, data in primitive.presentation_data_value_list)
            self._receive_primitive(primitive)
            self._check(association.dimse.message)
        except Exception as error:  # noqa: BLE001 - as above
            _drop_partial(association)
            why = str(error) if isinstance(error, _PassedError) else "what was sent is not a DICOM message, or no disk"
            self._say(f"{why}; the association was aborted")
            association.abort(block=False)

    def _check(self, message: DIMSEMessage | None) -> None:
        if message is None:  # it is complete
            self._received = 0
        else:
            in_memory = message.encoded_command_set.tell()  # an object goes to a file, which leaves `data_set` empty
            in_memory += 0 if message.data_set is None else message.data_set.tell()
            _require(in_memory <= MOST_COMMAND_BYTES, "a message is longer than any that is answered here")
        _require(self._received <= MOST_OBJECT_BYTES, "an object has more than 2 GiB")
        waiting = self._association.dimse.msg_queue.qsize()
        _require(waiting <= MOST_WAITING_MESSAGES, "the peer does not wait for answers")

    def _close(self) -> None:
        """Close the connection and let the library find it closed: its own close() would tell it so beforehand."""
        connection = self._transport.socket
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
                connection.close()


class _PassedError(Exception):
    """A bound was passed."""


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise _PassedError(sentence)


def _drop_partial(association: Association) -> None:
    """Remove what was received of an object that does not become whole."""
    message, association.dimse.message = association.dimse.message, None
    file = None if message is None else message._data_set_file  # noqa: SLF001 - the API names whole objects' files alone
    if file is not None:
        file.close()
        Path(file.name).unlink(missing_ok=True)


def set_up_library() -> None:
    """
    Have pynetdicom write what it receives to files, and nothing to a log.

    Logs of libraries quote headers, UIDs, addresses and tracebacks, as often as a stranger likes.
    """
    # The API reference has its options under this name.
    _config.STORE_RECV_CHUNKED_DATASET = True
    for name in ("pynetdicom", "pydicom"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
