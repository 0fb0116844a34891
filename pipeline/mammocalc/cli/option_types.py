"""Values of options: each function reads one kind, or says what it must be."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mammocalc.cli.address import parse_path

if TYPE_CHECKING:
    from pathlib import Path


def seed(text: str) -> int:
    """Read a seed of the simulator."""
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number < 2**32:
        message = "must be a whole number from 0 to 4294967295"
        raise argparse.ArgumentTypeError(message)
    return number


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
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 604_800:
        message = "must be a number of seconds above 0, and no more than a week"
        raise argparse.ArgumentTypeError(message)
    return number


def days(text: str) -> int:
    """Read a number of days of up to ten years; 0 is today."""
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number <= 3660:
        message = "must be a whole number of days from 0 to 3660"
        raise argparse.ArgumentTypeError(message)
    return number


def hours(text: str) -> float:
    """Read a time of up to a year; 0 is at once."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 8784:
        message = "must be a number of hours from 0 to 8784, which is a year"
        raise argparse.ArgumentTypeError(message)
    return number


def mebibytes(text: str) -> int:
    """Read an amount of memory."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 64:
        message = "must be a whole number of MiB, at least 64"
        raise argparse.ArgumentTypeError(message)
    return number


def positive(text: str) -> int:
    """Read a number of workers."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        message = "must be a whole number of at least 1"
        raise argparse.ArgumentTypeError(message)
    return number


def tcp_port(text: str) -> int:
    """Read a TCP port."""
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number < 2**16:
        message = "must be a whole number from 0 to 65535"
        raise argparse.ArgumentTypeError(message)
    return number
