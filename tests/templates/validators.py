"""What validators that other people wrote say of the objects of an export."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Tool = Callable[..., subprocess.CompletedProcess[str]]
UNKNOWN_TO_VALIDATORS = {"labelmap"}
"""dicom3tools of 2022 does not know the class."""


def errors_of(path: Path, tool: Tool) -> list[str]:
    """Give what dciodvfy calls an error in an object."""
    done = tool("dciodvfy", "-new", path)
    return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]


def hold_against_validators(folder: Path, images: Path, tool: Tool) -> None:
    """Demand of every object of an export what the validators of its kind can say."""
    paths = sorted(folder.glob("*/*/*.dcm"))
    assert paths
    for path in paths:
        kind = path.parent.name
        if kind not in UNKNOWN_TO_VALIDATORS:
            assert errors_of(path, tool) == [], kind
        if kind in {"cad-sr", "sr-1500"}:
            shown = tool("dsrdump", path)
            assert (shown.returncode, shown.stderr.splitlines()) == (0, known_words(shown.stderr)), kind
        if kind == "gsps":
            assert "Test passed." in (checked := tool("dcmpschk", path)).stdout + checked.stderr
    compared = tool("dcentvfy", *sorted(images.rglob("*.dcm")), *paths)
    lines = (compared.stdout + compared.stderr).splitlines()
    # Of one attribute it says that it belongs to the study in one class of objects and to the series in another.
    values = [line for line in lines if "Different information entities for attribute" not in line]
    assert [line for line in values if "Patient" in line or "Study" in line] == []


def known_words(said: str) -> list[str]:
    """Give the lines of dsrdump that speak of itself."""
    return [line for line in said.splitlines() if "template constraints not yet supported" in line]
