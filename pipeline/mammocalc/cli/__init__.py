"""The command line: a front door without logic."""

from mammocalc.cli.main import main

__all__ = ["main"]
