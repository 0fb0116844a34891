"""The command line: a front door without logic."""

from mammocalc.cli.commands import main

__all__ = ["main"]
