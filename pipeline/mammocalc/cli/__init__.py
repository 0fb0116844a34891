"""The command line, without logic."""

from mammocalc.cli.main import main

__all__ = ["main"]
