"""Input, output and settings of a job on each container platform."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mammocalc.node.objects import ObjectsWanted
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLES: Final = (
    ("MERCURE_IN_DIR", "MERCURE_OUT_DIR"),  # first, for mercure sets the others as well
    ("HOLOSCAN_INPUT_PATH", "HOLOSCAN_OUTPUT_PATH"),
    ("MONAI_INPUTPATH", "MONAI_OUTPUTPATH"),
)
"""mercure; packages of Holoscan and MONAI Deploy, now and before."""
FLYWHEEL: Final = Path("/flywheel/v0")
MOUNTS: Final = (Path("/input"), Path("/output"))
"""Of XNAT's container service, by the command.json that lies in `mammocalc/node/manifests`."""
KNOWN: Final = ("config", "set", "objects", "manufacturer", "model")


@dataclass(frozen=True, slots=True)
class Job:
    """
    What a platform asks for.

    ``config`` is the name or the file of a configuration or None, and ``overrides`` are settings as ``--set`` takes
    them. ``keeps_folders`` is False where the platform keeps files of the output alone, so that folders are packed.
    """

    inputs: Path
    out: Path
    config: str | None = None
    overrides: tuple[str, ...] = ()
    objects: ObjectsWanted = field(default_factory=ObjectsWanted)
    keeps_folders: bool = True


@dataclass(frozen=True, slots=True)
class _Place:
    """Input and output, the file with the settings, and that of the configuration where the platform names one."""

    inputs: Path
    out: Path
    settings: Path | None = None
    keys: tuple[str, ...] = ()
    config: Path | None = None
    keeps_folders: bool = True


def find_job(given: tuple[Path | None, Path | None], environment: Mapping[str, str]) -> Job:
    """
    Find out what is to be done.

    Parameters
    ----------
    given : tuple of Path or None
        Input and output, as named on the command line.
    environment : mapping
        Variables.

    Raises
    ------
    UsageError
        If only one of input and output is named, the input is not there, or the settings cannot be read.
    """
    place = _find_place(given, environment)
    if not place.inputs.is_dir():
        message = f"the input folder {place.inputs} is not there. Name input and output, or mount them."
        raise UsageError(message)
    settings = {} if place.settings is None else _read_settings(place.settings, place.keys)
    unknown = sorted(settings.keys() - set(KNOWN))
    if unknown:
        message = f"unknown settings of the job: {', '.join(unknown)}. There are {', '.join(KNOWN)}."
        raise UsageError(message)
    overrides = settings.get("set") or []
    if isinstance(overrides, str):
        overrides = overrides.split()
    if not isinstance(overrides, list):
        message = "the setting set of the job holds neither a text nor a list: write it as name=value name=value."
        raise UsageError(message)
    known = ObjectsWanted()
    return Job(
        place.inputs,
        place.out,
        str(config) if (config := settings.get("config") or place.config) else None,
        tuple(map(str, overrides)),
        ObjectsWanted(
            str(settings.get("objects") or known.kinds),
            str(settings.get("manufacturer") or known.manufacturer),
            str(settings.get("model") or known.model),
        ),
        place.keeps_folders,
    )


def _find_place(given: tuple[Path | None, Path | None], environment: Mapping[str, str]) -> _Place:
    inputs, out = given
    if inputs is not None and out is not None:
        return _Place(inputs, out, *_mercure(inputs))
    if inputs is not None:
        message = "name both folders, IN and OUT, or neither where a platform's variables name them."
        raise UsageError(message)
    for names in VARIABLES:
        values = [environment.get(name, "") for name in names]
        if all(values):
            return _Place(Path(values[0]), Path(values[1]), *_mercure(Path(values[0])), _holoscan(environment))
        if any(values):
            message = f"{names[0]} and {names[1]} go together: set both."
            raise UsageError(message)
    if (FLYWHEEL / "input").is_dir():
        settings = FLYWHEEL / "config.json"
        return _Place(FLYWHEEL / "input", FLYWHEEL / "output", settings, ("config",), keeps_folders=False)
    return _Place(*MOUNTS)


def _mercure(inputs: Path) -> tuple[Path | None, tuple[str, ...]]:
    """Give where mercure puts the settings of a module, if it has put any."""
    file = inputs / "task.json"
    return (file if file.is_file() else None), ("process", "settings")


def _holoscan(environment: Mapping[str, str]) -> Path | None:
    """Give the configuration that `holoscan run --config` mounts, if it has mounted one."""
    named = environment.get("HOLOSCAN_CONFIG_PATH")
    return Path(named) if named and Path(named).is_file() else None


def _read_settings(file: Path, keys: tuple[str, ...]) -> dict[str, Any]:
    """Go down the keys of a JSON document; of several processes in a row the first that has settings counts."""
    if not file.is_file():
        return {}
    try:
        values: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        message = f"{file.name}, which holds the settings of the job, is not JSON that can be read."
        raise UsageError(message) from None
    for key in keys:
        if isinstance(values, list):
            values = next((one for one in values if isinstance(one, dict) and one.get(key)), {})
        values = values.get(key) if isinstance(values, dict) else None
    return values if isinstance(values, dict) else {}
