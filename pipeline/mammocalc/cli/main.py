"""The command line as a whole: its commands, and how each ends."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from mammocalc import __version__
from mammocalc.cli import compare, config, evaluate, export, job, listen, review, run, simulate, train
from mammocalc.cli.exit_codes import DONE, EXIT_CODES, STOPPED, WRONG_CALL
from mammocalc.cli.terminal import escape_unencodable, report_error
from mammocalc.vocabulary.errors import MammocalcError, OutputLostError, StoppedError
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = (run, review, evaluate, compare, export, simulate, train, listen, job, config)
"""The modules of the commands, in the order of the help."""

DESCRIPTION: Final = f"""\
From a folder of DICOM mammograms to calcifications, their sizes (macro, micro) and their
BI-RADS distribution. {SHORT_NOTICE}.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """
    Carry out one command.

    Parameters
    ----------
    argv : sequence of str or None
        The arguments behind the command's name; None for those of this process.

    Returns
    -------
    int
        0 done, 1 some files failed, 2 the call or the configuration is wrong
        and nothing was done, 3 the run was stopped and can go on.
    """
    escape_unencodable()
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as end:  # argparse has said what is wrong, or shown the help
        return int(end.code or 0)
    try:
        return int(arguments.function(arguments))
    except MammocalcError as error:
        return _fail(error)
    except KeyboardInterrupt:
        return report_error("stopped; the same command continues where it stopped", STOPPED)
    except BrokenPipeError:  # as in `mammocalc config show | head`
        sys.stderr.close()
        return DONE
    except Exception as error:  # noqa: BLE001 - a traceback helps nobody at a clinic, and could quote a header
        from mammocalc.execution.fault import describe_fault  # noqa: PLC0415 - brings the image libraries

        return report_error(f"{describe_fault(error)} The same command continues where it stopped.", STOPPED)


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line; ``function`` carries the command out."""
    parser = argparse.ArgumentParser(
        prog="mammocalc",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"mammocalc {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    return parser


def _fail(error: MammocalcError) -> int:
    """Say what a command ended with: before it did anything, or on the way."""
    if isinstance(error, StoppedError | OutputLostError):
        return report_error(f"{str(error).rstrip('.')}. The same command continues where it stopped.", STOPPED)
    return report_error(str(error), WRONG_CALL)
