"""Values of options: each function reads one kind, or says what it must be."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from mammocalc.cli.address import parse_path

if TYPE_CHECKING:
    from pathlib import Path


def seed(text: str) -> int:
    """Read a seed of the simulator."""
    return _whole(text, 0, 2**32 - 1, "from 0 to 4294967295")


def non_empty(text: str) -> str:
    """Read a text. An empty one, as from an unset shell variable, would mean the current folder."""
    if not text:
        message = "must not be empty"
        raise argparse.ArgumentTypeError(message)
    return text


def local_path(text: str) -> Path:
    """Read a path of this machine."""
    try:
        return parse_path(non_empty(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def seconds(text: str) -> float:
    """Read a time of up to a week."""
    return _number(text, math.ulp(0.0), 604_800, "seconds above 0, and no more than a week")


def days(text: str) -> int:
    """Read a number of days of up to ten years; 0 is today."""
    return _whole(text, 0, 3660, "of days from 0 to 3660")


def hours(text: str) -> float:
    """Read a time of up to a year; 0 is at once."""
    return _number(text, 0, 8784, "hours from 0 to 8784, which is a year")


def mebibytes(text: str) -> int:
    """Read an amount of memory."""
    return _whole(text, 64, math.inf, "of MiB, at least 64")


def positive(text: str) -> int:
    """Read a number of workers."""
    return _whole(text, 1, math.inf, "of at least 1")


def tcp_port(text: str) -> int:
    """Read a TCP port."""
    return _whole(text, 0, 2**16 - 1, "from 0 to 65535")


def _whole(text: str, low: int, high: float, what: str) -> int:
    """Read a whole number within limits, both included."""
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not low <= number <= high:
        message = f"must be a whole number {what}"
        raise argparse.ArgumentTypeError(message)
    return number


def _number(text: str, low: float, high: float, what: str) -> float:
    """Read a number within limits, both included."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        message = f"must be a number of {what}"
        raise argparse.ArgumentTypeError(message)
    return number
