"""Call mammocalc as a user does: in a process of its own, by its command line."""

from __future__ import annotations

import subprocess
import sys


def call(*words: object, accepted: tuple[int, ...] = (0,)) -> str:
    """
    Run a command of mammocalc, and give what it printed.

    Parameters
    ----------
    words : object
        Of the command line, made to text.
    accepted : tuple of int
        Exit codes to go on with; 1 says that some files of a run failed.

    Returns
    -------
    str
        Its standard output.

    Raises
    ------
    SystemExit
        With its standard error, after any other exit code.
    """
    command = [sys.executable, "-m", "mammocalc", *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode not in accepted:
        raise SystemExit(done.stderr)
    return done.stdout
