"""``mammocalc listen``: runs a DICOM node."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.cli.exit_codes import DONE
from mammocalc.cli.option_types import days, hours, local_path, positive, seconds, tcp_port
from mammocalc.cli.shared_options import add_configuration, read_salt
from mammocalc.cli.stop_signals import stop_on_signal
from mammocalc.cli.terminal import ignored_warnings

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Run a DICOM node until Ctrl-C: receive mammograms by C-STORE, analyse each study once it is complete, and
send its results as DICOM objects to one destination. They name the patient, as the images do.

Only this machine is admitted, unless --host says otherwise. Everything is kept in the spool folder until
it is done, so a node that was stopped or killed continues: nothing is lost, and at most one
object is sent twice. After late images the whole study is analysed again; if nothing is new, nothing is sent.
"""

EXAMPLES: Final = """\
examples:
  mammocalc listen --port 11112 --ae-title MAMMOCALC --from ARCHIVE --send-to ARCHIVE@127.0.0.1:4242
  mammocalc listen --port 11112 --ae-title MAMMOCALC --from ARCHIVE --send-to ARCHIVE@archive.example:2762 \\
      --host 10.0.0.5 --tls-key node.key --tls-cert node.pem --tls-ca hospital.pem --send-tls

"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("--port", required=True, type=tcp_port, metavar="N", help="port of the node; 0: any free one")
    parser.add_argument(
        "--ae-title", required=True, metavar="NAME", help="AE title of the node; calls to other titles are rejected"
    )
    parser.add_argument(
        "--from",
        dest="callers",
        action="append",
        default=[],
        metavar="AE",
        help="AE title that may call; may be repeated",
    )
    parser.add_argument(
        "--send-to", metavar="AE@HOST:PORT", help="destination of the objects (default: they stay in the spool)"
    )
    parser.add_argument("--web-from", metavar="URL", help="also fetch mammograms from this DICOMweb server")
    parser.add_argument(
        "--web-days",
        type=days,
        default=1,
        metavar="N",
        help="with --web-from: of today and this many days before (default: 1)",
    )
    parser.add_argument("--web-to", metavar="URL", help="send objects to this DICOMweb server instead of --send-to")
    parser.add_argument(
        "--web-token-file",
        type=local_path,
        metavar="FILE",
        help="file whose first line is the bearer token for these servers",
    )
    parser.add_argument(
        "--objects",
        default="cad-sr,gsps",
        metavar="KINDS",
        help="kinds of objects, as for mammocalc export (default: cad-sr,gsps)",
    )
    parser.add_argument(
        "--manufacturer",
        default="mammocalc",
        metavar="NAME",
        help="Manufacturer of the objects; some workstations show only those on a list",
    )
    parser.add_argument("--model", default="mammocalc", metavar="NAME", help="Manufacturer's Model Name of the objects")
    parser.add_argument(
        "--spool",
        type=local_path,
        default="mammocalc-spool",
        metavar="DIR",
        help="folder for waiting images and objects, closed to other users (default: mammocalc-spool)",
    )
    parser.add_argument(
        "--settle",
        type=seconds,
        default=30.0,
        metavar="SECONDS",
        help="a study is complete when nothing of it has come for this time (default: 30)",
    )
    parser.add_argument(
        "--ask",
        metavar="AE@HOST:PORT",
        help="ask this archive by C-FIND how many mammograms a study has, and wait for them up to ten times --settle",
    )
    parser.add_argument(
        "--keep",
        type=hours,
        default=24.0,
        metavar="HOURS",
        help="remove a study's images and run this long after its results were sent (default: 24)",
    )
    parser.add_argument("--host", metavar="ADDRESS", help="admit other machines, on this address of this machine")
    parser.add_argument("--tls-key", type=local_path, metavar="FILE", help="this node's private key, in PEM")
    parser.add_argument("--tls-cert", type=local_path, metavar="FILE", help="its certificate")
    parser.add_argument(
        "--tls-ca",
        type=local_path,
        metavar="FILE",
        help="certificate of the authority that must have signed those of callers",
    )
    parser.add_argument("--send-tls", action="store_true", help="also send by TLS, with the same certificate")
    add_configuration(parser)
    parser.add_argument(
        "--workers", type=positive, metavar="N", help="number of worker processes (default: as for run)"
    )
    parser.set_defaults(function=listen)


def listen(arguments: argparse.Namespace) -> int:
    """Run a DICOM node until it is stopped."""
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415
    from mammocalc.node.certificates import choose_certificates  # noqa: PLC0415
    from mammocalc.node.objects import ObjectsWanted  # noqa: PLC0415
    from mammocalc.node.optional_imports import require_extra  # noqa: PLC0415
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
