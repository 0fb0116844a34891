"""``mammocalc config``: shows, checks and describes settings."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from mammocalc.cli.command_parser import add_command
from mammocalc.cli.exit_codes import DONE, WRONG_CALL
from mammocalc.cli.option_types import local_path
from mammocalc.cli.shared_options import CONFIGURATION, add_overrides
from mammocalc.cli.terminal import report_error
from mammocalc.vocabulary.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    show = add_command(actions, "show", "print every setting: value, unit, meaning, and where it came from")
    show.add_argument("file", nargs="?", metavar="NAME_OR_FILE", help=f"{CONFIGURATION} (default: the defaults)")
    show.add_argument("--yaml", action="store_true", help="print a commented YAML file instead")
    show.set_defaults(function=show_settings)

    check = add_command(actions, "check", "name all mistakes of configurations at once")
    check.add_argument("files", nargs="*", metavar="NAME_OR_FILE", help=CONFIGURATION)
    check.set_defaults(function=check_files)

    schema = add_command(actions, "schema", "print the JSON schema, with which editors complete the YAML")
    schema.add_argument("file", nargs="?", type=local_path, metavar="FILE", help="write it there instead")
    schema.set_defaults(function=write_schema)

    for action in (show, check):
        add_overrides(action)


def show_settings(arguments: argparse.Namespace) -> int:
    """Print every setting."""
    from mammocalc.config import describe, load, to_commented_yaml  # noqa: PLC0415 - see run

    resolved = load(arguments.file, arguments.overrides)
    if arguments.yaml:
        print(to_commented_yaml(resolved.config), end="")
        return DONE
    section = None
    for row in describe(resolved):
        head, _, key = row.path.rpartition(".")
        if head != section:
            print(f"\n{head}" if head else "", end="\n" if head else "")
            section = head
        unit = f" [{row.unit}]" if row.unit else ""
        print(f"{'  ' if head else ''}{key} = {row.value}{unit}  ({row.origin})")
        print(textwrap.indent(textwrap.fill(row.meaning, 92), "      "))
    return DONE


def check_files(arguments: argparse.Namespace) -> int:
    """Say of every file what is wrong with it."""
    from mammocalc.config import describe, load  # noqa: PLC0415 - see run

    code, defaults = DONE, describe(load())
    for file in arguments.files or [None]:
        try:
            resolved = load(file, arguments.overrides)
        except ConfigurationError as error:
            code = report_error(str(error), WRONG_CALL)
        else:
            changed = sum(row.value != default.value for row, default in zip(describe(resolved), defaults, strict=True))
            print(f"{file or 'defaults'}: no mistakes, {changed} of {len(defaults)} settings differ from the defaults")
    return code


def write_schema(arguments: argparse.Namespace) -> int:
    """Print the JSON schema, or write it to a file."""
    from mammocalc.config import json_schema  # noqa: PLC0415 - see run
    from mammocalc.files.replacing import write_whole  # noqa: PLC0415 - see run

    text = json.dumps(json_schema(), indent=1, ensure_ascii=False)
    if arguments.file is None:
        print(text)
        return DONE
    try:
        write_whole(arguments.file, f"{text}\n")
    except OSError as error:
        return report_error(f"the schema cannot be written ({error.strerror})", WRONG_CALL)
    return DONE
