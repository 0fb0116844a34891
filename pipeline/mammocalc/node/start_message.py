"""Message of a node at its start: where it listens, to whom, what it exposes and keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.node.arrivals import LONGEST
from mammocalc.vocabulary.loopback import is_loopback

if TYPE_CHECKING:
    from mammocalc.node.request import ListenRequest
    from mammocalc.node.web_server import WebServer


def introduce(request: ListenRequest, port: int) -> list[str]:
    """
    Say what a node does.

    Parameters
    ----------
    request : ListenRequest
    port : int
        That it has.

    Returns
    -------
    list of str
        Lines; those in capitals need somebody's attention.
    """
    who = ", ".join(request.callers) if request.callers else "any AE title"
    how = "DICOM over TLS, with client certificates" if request.certificates is not None else "plain DICOM"
    kept = f"{request.keep_hours:g} h after its results were sent"
    lines = [
        f"Listening as {request.ae_title} on {request.host}:{port} ({how}), to {who}. Research use only.",
        f"Spool {request.spool}: it holds names of patients. Images and run of a study are removed {kept}",
    ]
    if request.ask is not None:
        most = LONGEST * request.rest_seconds
        lines.append(f"A study waits until as many mammograms came as {request.ask} has of it, for {most:g} s at most")
    lines += _say_destination(request)
    if request.web_from is not None:
        days = "today" if request.web_days == 0 else f"today and the {request.web_days} days before"
        lines.append(f"Mammograms of {days} are fetched from {request.web_from.url}")
        lines += _say_plain(request.web_from, "images come from")
    if not is_loopback(request.host):
        lines.append(
            f"EXPOSED to the network on {request.host}: whoever reaches it "
            + (
                "and has a certificate can send images"
                if request.certificates is not None
                else "and knows an AE title can send images, in plain text. Use TLS outside of a trusted network"
            )
        )
    elif not request.callers and request.certificates is None:
        lines.append("Every program of this machine can send images; name the callers with --from AE")
    return lines


def _say_destination(request: ListenRequest) -> list[str]:
    if request.web_to is not None:
        return [f"Results go to {request.web_to.url}", *_say_plain(request.web_to, "results go to")]
    if request.send_to is None:
        return ["NOWHERE to send to: objects stay in the spool. Name a destination: --send-to AE@HOST:PORT or --web-to"]
    lines = [f"Results go to {request.send_to}{' over TLS' if request.send_with_tls else ''}"]
    if not request.send_with_tls and not is_loopback(request.send_to.host):
        lines.append(f"EXPOSED: results go to {request.send_to.host} in plain text, with the patient's name")
    return lines


def _say_plain(server: WebServer, what: str) -> list[str]:
    if not server.is_plain or is_loopback(server.host):
        return []
    return [f"EXPOSED: {what} {server.host} in plain text, with the patient's name; use https"]
