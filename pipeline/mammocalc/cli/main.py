"""The command line as a whole: its commands, and how each ends."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING, Final

from mammocalc import __version__
from mammocalc.cli.command_parser import add_command
from mammocalc.cli.exit_codes import DONE, EXIT_CODES, STOPPED, WRONG_CALL
from mammocalc.cli.terminal import escape_unencodable, report_error
from mammocalc.vocabulary.errors import MammocalcError, OutputLostError, StoppedError
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = {
    "run": "analyse mammograms",
    "review": "review a finished run in the browser",
    "evaluate": "score a run against known truth",
    "compare": "compare two dates of the same patients",
    "export": "write results as DICOM objects",
    "simulate": "write synthetic mammograms with known truth",
    "train": "train a particle classifier",
    "listen": "run a DICOM node: images in, results back",
    "job": "a folder in, a folder out: for platforms with containers",
    "config": "show, check or describe configurations",
}
"""The commands in the order of the help. Each is a module beside this one, which is imported for its own calls only."""

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
        arguments = parse(sys.argv[1:] if argv is None else argv)
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


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments of a call; ``function`` carries the command out."""
    parser = argparse.ArgumentParser(
        prog="mammocalc",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"mammocalc {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    called = next((word for word in argv if not word.startswith("-")), None)
    for name, summary in COMMANDS.items():
        command = add_command(commands, name, summary)
        if name == called:
            importlib.import_module(f"mammocalc.cli.{name}").add_options(command)
    return parser.parse_args(argv)


def _fail(error: MammocalcError) -> int:
    """Say what a command ended with: before it did anything, or on the way."""
    if isinstance(error, StoppedError | OutputLostError):
        return report_error(f"{str(error).rstrip('.')}. The same command continues where it stopped.", STOPPED)
    return report_error(str(error), WRONG_CALL)
