"""What validators that other people wrote say of the objects of an export."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNKNOWN_TO_VALIDATORS = {"labelmap"}
"""dicom3tools of 2022 does not know the class."""


def say(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a program that looks at DICOM files."""
    return subprocess.run([name, *map(str, arguments)], capture_output=True, check=False, encoding="latin-1")


def complaints(path: Path, tool: Callable[..., subprocess.CompletedProcess[str]] = say) -> list[str]:
    """Give what the validators of its kind find wrong with an object."""
    kind = path.parent.name
    found: list[str] = []
    if kind not in UNKNOWN_TO_VALIDATORS:
        done = tool("dciodvfy", "-new", path)
        found += [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]
    if kind in {"cad-sr", "sr-1500"}:
        shown = tool("dsrdump", path)
        said = [line for line in shown.stderr.splitlines() if "template constraints not yet supported" not in line]
        found += [*said, *([f"dsrdump ends with {shown.returncode}"] if shown.returncode else [])]
    if kind == "gsps" and "Test passed." not in (checked := tool("dcmpschk", path)).stdout + checked.stderr:
        found.append("dcmpschk has not passed it")
    return found


def hold_against_validators(
    folder: Path, images: Path, tool: Callable[..., subprocess.CompletedProcess[str]] = say
) -> None:
    """Demand of every object of an export what the validators of its kind can say."""
    paths = sorted(folder.glob("*/*/*.dcm"))
    assert paths
    for path in paths:
        assert complaints(path, tool) == [], path.parent.name
    compared = tool("dcentvfy", *sorted(images.rglob("*.dcm")), *paths)
    lines = (compared.stdout + compared.stderr).splitlines()
    # Of one attribute it says that it belongs to the study in one class of objects and to the series in another.
    values = [line for line in lines if "Different information entities for attribute" not in line]
    assert [line for line in values if "Patient" in line or "Study" in line] == []
