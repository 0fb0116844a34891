"""The node, from a command until it is stopped."""

from __future__ import annotations

import contextlib
import tempfile
import time
from typing import TYPE_CHECKING, Final

from mammocalc.analysis.classifiers import check_classifiers
from mammocalc.node.archive_query import ArchiveCensus
from mammocalc.node.arrivals import Arrivals
from mammocalc.node.connection_limits import set_up_library
from mammocalc.node.delivery import Delivery
from mammocalc.node.journal import Journal
from mammocalc.node.retention import clean
from mammocalc.node.spool import RECEIVING, open_spool
from mammocalc.node.start_message import introduce
from mammocalc.node.store_scp import StoreScp, StoreScpSettings
from mammocalc.node.store_scu import StorePeer
from mammocalc.node.study_queue import StudyQueue
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.loopback import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mammocalc.node.archive_query import ArchiveQuery
    from mammocalc.node.delivery import Destination
    from mammocalc.node.request import ListenRequest
    from mammocalc.node.spool import Spool
    from mammocalc.node.web_source import WebSource

LOOK_S: Final = 0.2
CLEAN_S: Final = 60.0
END_S: Final = 5.0


def listen(request: ListenRequest, write: Callable[[str], None], should_stop: Callable[[], bool]) -> None:
    """
    Receive, analyse and send until it is asked to stop.

    Parameters
    ----------
    request : ListenRequest
    write : callable
        Gets each line of the log.
    should_stop : callable
        Asked several times a second.

    Raises
    ------
    UsageError
        If address, spool or certificates cannot be used, or the node would be open to everybody.
    ConfigurationError
        If the classifier that the configuration names cannot be used.
    OutputError
        If the spool cannot be written to.
    """
    _require_guarded(request)
    request.wanted.check()
    check_classifiers(request.resolved.config)
    set_up_library()
    journal = Journal(write)
    tls = None if request.certificates is None else request.certificates.for_callers()
    destination = _destination(request)
    with open_spool(request.spool) as spool, temporary_files_in(spool.root / RECEIVING):
        arrivals = Arrivals(spool, request.rest_seconds, journal)
        scp = StoreScp(
            StoreScpSettings(request.ae_title, request.host, request.port, request.callers, tls),
            arrivals,
            journal.refuse,
        )
        queue = StudyQueue(
            spool, arrivals, request.resolved, request.wanted, request.workers, journal.say, _archive(request)
        )
        delivery = None if destination is None else Delivery(spool, destination, journal.say)
        source = _source(request, spool, arrivals, journal.say)
        try:
            for line in introduce(request, scp.port):
                journal.say(line)
            queue.start(delivery.wake if delivery is not None else lambda: None)
            if delivery is not None:
                delivery.start()
            scp.open()
            if source is not None:
                source.start()
            _wait(lambda: clean(spool, request.keep_hours, journal.say), should_stop)
        finally:
            scp.close()
            if source is not None:
                source.close()
            queue.close()
            if delivery is not None:
                delivery.close(END_S)
    journal.say("Stopped. What is in the spool is taken up at the next start.")


def _wait(tidy: Callable[[], None], should_stop: Callable[[], bool]) -> None:
    """Wait until it is time to stop, and tidy up every minute."""
    not_before = 0.0
    while not should_stop():
        if time.monotonic() >= not_before:
            with contextlib.suppress(OSError):  # in a minute again
                tidy()
            not_before = time.monotonic() + CLEAN_S
        time.sleep(LOOK_S)


def _destination(request: ListenRequest) -> Destination | None:
    if request.web_to is not None:
        from mammocalc.node.web_store import WebStore  # noqa: PLC0415 - see WebServer.connect

        return WebStore(request.web_to)
    if request.send_to is None:
        return None
    tls = request.certificates.for_destination() if request.certificates and request.send_with_tls else None
    return StorePeer(request.send_to, request.ae_title, tls)


def _archive(request: ListenRequest) -> ArchiveQuery | None:
    if request.ask is None:
        return None
    tls = request.certificates.for_destination() if request.certificates and request.send_with_tls else None
    return ArchiveCensus(request.ask, request.ae_title, tls)


def _source(request: ListenRequest, spool: Spool, arrivals: Arrivals, say: Callable[[str], None]) -> WebSource | None:
    if request.web_from is None:
        return None
    from mammocalc.node.web_source import WebSource  # noqa: PLC0415 - see WebServer.connect

    return WebSource(request.web_from, request.web_days, spool, arrivals, say)


def _require_guarded(request: ListenRequest) -> None:
    """Refuse what contradicts itself, and to be open to a network without knowing to whom."""
    if request.send_to is not None and request.web_to is not None:
        message = "results go to one destination: --send-to or --web-to."
        raise UsageError(message)
    peer = request.send_to
    if (
        peer is not None
        and peer.port == request.port
        and (peer.host == request.host or (is_loopback(peer.host) and is_loopback(request.host)))
    ):
        message = f"--send-to {peer} is this node itself, which takes no results. Name the archive's host and port."
        raise UsageError(message)
    if request.send_with_tls and (request.certificates is None or request.send_to is None):
        message = "--send-tls needs --send-to, --tls-key, --tls-cert and --tls-ca."
        raise UsageError(message)
    if not is_loopback(request.host) and not request.callers and request.certificates is None:
        message = (
            f"--host {request.host} lets other machines in, so say who may call: --from AE for each, better with TLS "
            "(--tls-key, --tls-cert, --tls-ca), for an AE title is no secret."
        )
        raise UsageError(message)


@contextlib.contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Put temporary files of received instances into the spool, private and one rename from their place."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
