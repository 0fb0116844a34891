"""``mammocalc listen``: a DICOM node."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.cli.command_parser import Commands, add_command, add_configuration, read_salt
from mammocalc.cli.exit_codes import DONE
from mammocalc.cli.option_types import days, hours, local_path, positive, seconds, tcp_port
from mammocalc.cli.stop_signals import stop_on_signal
from mammocalc.cli.terminal import ignored_warnings

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Be a DICOM node, until Ctrl-C: take mammograms by C-STORE, analyse each study when it is at rest, and send
its results as DICOM objects to one destination. They name the patient, as the images do.

It listens to this machine alone unless --host says otherwise. Everything waits in the spool folder, so
that a node that was stopped or killed continues where it stopped: nothing is lost, nothing is sent twice.
Late images have the whole study analysed again; where nothing is new, nothing is sent.
"""

EXAMPLES: Final = """\
examples:
  mammocalc listen --port 11112 --ae-title MAMMOCALC --from ARCHIVE --send-to ARCHIVE@127.0.0.1:4242
  mammocalc listen --port 11112 --ae-title MAMMOCALC --from ARCHIVE --send-to ARCHIVE@archive.example:2762 \\
      --host 10.0.0.5 --tls-key node.key --tls-cert node.pem --tls-ca hospital.pem --send-tls

"""


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "listen", "be a DICOM node: images in, results back", DESCRIPTION, EXAMPLES)
    parser.add_argument(
        "--port", required=True, type=tcp_port, metavar="N", help="where to listen; 0: any that is free"
    )
    parser.add_argument("--ae-title", required=True, metavar="NAME", help="under which title; others are not answered")
    parser.add_argument(
        "--from", dest="callers", action="append", default=[], metavar="AE", help="who may call; may be repeated"
    )
    parser.add_argument("--send-to", metavar="AE@HOST:PORT", help="where objects go (default: they stay in the spool)")
    parser.add_argument("--web-from", metavar="URL", help="fetch mammograms from this DICOMweb server, too")
    parser.add_argument(
        "--web-days", type=days, default=1, metavar="N", help="... of today and so many days before (default: 1)"
    )
    parser.add_argument("--web-to", metavar="URL", help="send objects to this DICOMweb server, in place of --send-to")
    parser.add_argument(
        "--web-token-file", type=local_path, metavar="FILE", help="its first line is the token for these servers"
    )
    parser.add_argument(
        "--objects",
        default="cad-sr,gsps",
        metavar="KINDS",
        help="which are made, as mammocalc export names them (default: cad-sr,gsps)",
    )
    parser.add_argument(
        "--manufacturer", default="mammocalc", metavar="NAME", help="as whose they go; some readers know a few alone"
    )
    parser.add_argument("--model", default="mammocalc", metavar="NAME", help="Manufacturer's Model Name, likewise")
    parser.add_argument(
        "--spool",
        type=local_path,
        default="mammocalc-spool",
        metavar="DIR",
        help="where images and objects wait, closed to others (default: mammocalc-spool)",
    )
    parser.add_argument(
        "--settle",
        type=seconds,
        default=30.0,
        metavar="SECONDS",
        help="a study is at rest when nothing of it has come for so long (default: 30)",
    )
    parser.add_argument(
        "--ask",
        metavar="AE@HOST:PORT",
        help="ask this archive how many mammograms a study has (C-FIND), and wait until all came, ten times --settle",
    )
    parser.add_argument(
        "--keep",
        type=hours,
        default=24.0,
        metavar="HOURS",
        help="remove a study's images and run so long after its results were sent (default: 24)",
    )
    parser.add_argument("--host", metavar="ADDRESS", help="let other machines in, on this address of this machine")
    parser.add_argument("--tls-key", type=local_path, metavar="FILE", help="this node's private key, in PEM")
    parser.add_argument("--tls-cert", type=local_path, metavar="FILE", help="its certificate")
    parser.add_argument(
        "--tls-ca", type=local_path, metavar="FILE", help="the authority whose certificates callers must show"
    )
    parser.add_argument("--send-tls", action="store_true", help="send by TLS too, with the same certificate")
    add_configuration(parser)
    parser.add_argument("--workers", type=positive, metavar="N", help="processes that work at once (default: as run)")
    parser.set_defaults(function=listen)


def listen(arguments: argparse.Namespace) -> int:
    """Be a DICOM node until it is stopped."""
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415
    from mammocalc.node.certificates import choose_certificates  # noqa: PLC0415
    from mammocalc.node.extra import require_extra  # noqa: PLC0415
    from mammocalc.node.objects import ObjectsWanted  # noqa: PLC0415
    from mammocalc.node.peers import check_ae_title, parse_peer  # noqa: PLC0415
    from mammocalc.node.request import ListenRequest  # noqa: PLC0415
    from mammocalc.node.web_server import WebServer, parse_url  # noqa: PLC0415
    from mammocalc.vocabulary.loopback import LOOPBACK  # noqa: PLC0415

    require_extra()
    from mammocalc.node.serve import listen as serve  # noqa: PLC0415

    certificates = choose_certificates(arguments.tls_key, arguments.tls_cert, arguments.tls_ca)

    def web_server(option: str, url: str | None) -> WebServer | None:
        return None if url is None else WebServer(parse_url(url, option), arguments.web_token_file, certificates)

    request = ListenRequest(
        spool=arguments.spool,
        ae_title=check_ae_title(arguments.ae_title, "--ae-title"),
        port=arguments.port,
        resolved=load(arguments.config, arguments.overrides, read_salt(arguments)),
        wanted=ObjectsWanted(arguments.objects, arguments.manufacturer, arguments.model, arguments.salt_file),
        workers=arguments.workers or default_workers(),
        host=arguments.host or LOOPBACK,
        callers=tuple(check_ae_title(caller, "--from") for caller in arguments.callers),
        send_to=None if arguments.send_to is None else parse_peer(arguments.send_to, "--send-to"),
        certificates=certificates,
        web_from=web_server("--web-from", arguments.web_from),
        web_to=web_server("--web-to", arguments.web_to),
        web_days=arguments.web_days,
        send_with_tls=arguments.send_tls,
        rest_seconds=arguments.settle,
        keep_hours=arguments.keep,
        ask=None if arguments.ask is None else parse_peer(arguments.ask, "--ask"),
    )
    with ignored_warnings(), stop_on_signal(lambda _: print("Stopping.", flush=True)) as should_stop:
        serve(request, lambda line: print(line, flush=True), should_stop)
    return DONE
