"""The options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.cli.option_types import local_path
from mammocalc.files.ready_made import ready_made

if TYPE_CHECKING:
    import argparse

CONFIGURATION: Final = f"a file, or the name of one that comes with the program ({', '.join(ready_made())})"


def add_configuration(parser: argparse.ArgumentParser) -> None:
    """Add the options that name a configuration and change it."""
    parser.add_argument(
        "--config",
        metavar="NAME_OR_FILE",
        help=f"YAML with the settings that differ from the defaults: {CONFIGURATION}",
    )
    add_overrides(parser)
    add_salt(parser)


def add_overrides(parser: argparse.ArgumentParser) -> None:
    """Add --set."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        dest="overrides",
        help="change one setting; overrides the configuration, and may be repeated",
    )


def add_salt(parser: argparse.ArgumentParser) -> None:
    """Add --salt-file."""
    parser.add_argument(
        "--salt-file",
        type=local_path,
        metavar="FILE",
        help="file whose first line is the secret privacy.patient_key_salt, which a command line would show to others",
    )


def read_salt(arguments: argparse.Namespace) -> str | None:
    """Read the salt from its file, if one is named."""
    from mammocalc.config import read_salt as read_first_line  # noqa: PLC0415 - see run

    return None if arguments.salt_file is None else read_first_line(arguments.salt_file)
