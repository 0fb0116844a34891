"""The command line: a front door without logic."""

from pipeline.cli.commands import main

__all__ = ["main"]
