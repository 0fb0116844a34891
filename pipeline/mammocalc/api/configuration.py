"""The configuration of a call: a name, a file or a `Config`, and single settings by their paths."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mammocalc.config import Config, load
from mammocalc.config.loading import section_of
from mammocalc.dicom import DicomSettings
from mammocalc.model.settings import Settings
from mammocalc.vocabulary.errors import ConfigurationError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mammocalc.config import ResolvedConfig

SECTIONS: Final = {name: kind for name, field in Config.model_fields.items() if (kind := section_of(field))}
DEFAULT: Final = "default"
THE_CALL: Final = "the call"
PATH: Final = re.compile(r"\w+(\.\w+)*")
_OF_ARRAY: Final = "is said of an array (from_array), and a file says it itself"
NO_SETTINGS: Final = {
    "frame": "is said of one file, to read or analyse; admit.multiframe=True takes each frame as an image",
    "spacing_mm": f"{_OF_ARRAY}; see spacing.assume where it does not",
    **dict.fromkeys(("laterality", "view", "photometric", "intent", "relationship", "medium"), _OF_ARRAY),
}
"""What is said of files and arrays in other ways, and why."""
READING: Final = ("admit", "spacing", "read", "privacy")
"""Sections that say how a file becomes an image."""


def resolve(config: object, settings: Mapping[str, object]) -> ResolvedConfig:
    """
    Put a configuration together.

    Parameters
    ----------
    config : str, Path, Config or mapping
        The name of a ready-made configuration, a YAML file, a `Config`, or settings by section.
    settings : mapping of str to object
        Values by their paths, such as ``{"detect.threshold_sigma": 7}``; they win.

    Raises
    ------
    ConfigurationError
        With every mistake.
    UsageError
        If ``config`` is something else.
    """
    base: str | Path | Config | None
    problems: list[Problem] = []
    given = _once(settings, problems)
    if isinstance(config, Mapping):
        base, given = None, {**_once(config, problems), **given}
    elif isinstance(config, Config):
        base = config
    elif isinstance(config, str) or config is None:
        base = None if config == DEFAULT else config
    elif isinstance(config, os.PathLike):
        base = Path(config)
    else:
        message = (
            f"config is {_kind(config)}. Give the name of a configuration (such as 'high_sensitivity'), a YAML file, "
            "or a Config"
        )
        raise UsageError(message)
    overrides = _overrides(given, problems)
    if problems:
        raise ConfigurationError(THE_CALL, problems)
    return load(base, overrides, option=THE_CALL)


def reading_settings(config: Config) -> DicomSettings:
    """Give the settings under which files become images."""
    return DicomSettings(admit=config.admit, spacing=config.spacing, read=config.read, privacy=config.privacy)


def with_reading_of(resolved: ResolvedConfig, settings: DicomSettings) -> Config:
    """
    Give the configuration that holds for an image that was read before.

    Parameters
    ----------
    resolved : ResolvedConfig
        Of the analysis.
    settings : DicomSettings
        Under which the image was read.

    Returns
    -------
    Config
        With the settings under which the image was read, so that its digest says what was done.

    Raises
    ------
    UsageError
        If a setting was given now that would have had to be given when the image was read.
    """
    config, read = resolved.config, {section: getattr(settings, section) for section in READING}
    late = [
        path
        for path in resolved.origins
        if path.partition(".")[0] in read and _value(config, path) != _value(settings, path)
    ]
    if late:
        message = (
            f"{', '.join(sorted(late))}: this decides how an image is read, and this one is read already. Give it to "
            "read or from_array, or give analyse the path of the file"
        )
        raise UsageError(message)
    together = config.model_copy(update=read)
    if together == config:
        return config
    name = "custom" if config.name == DEFAULT else f"{config.name} (changed)"
    return together.model_copy(update={"name": name})


def _value(settings: Settings, path: str) -> object:
    value: object = settings
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _leaves(values: Mapping[Any, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Give values by their paths; sections may be mappings or `Settings`."""
    for key, value in values.items():
        if isinstance(value, Settings):
            yield from _leaves({name: getattr(value, name) for name in value.model_fields_set}, f"{prefix}{key}.")
        elif isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _overrides(given: Mapping[str, object], problems: list[Problem]) -> list[str]:
    """Write values as the command line does; what cannot be set is a problem."""
    overrides = []
    for path, value in given.items():
        if path in SECTIONS:
            first = next(iter(SECTIONS[path].model_fields))
            message = (
                f"is a section of settings, and cannot be {_kind(value)}: give one of its settings, as {path}.{first}"
            )
            problems.append(Problem(path, message))
            continue
        if path in NO_SETTINGS:
            problems.append(Problem(path, NO_SETTINGS[path]))
            continue
        if not PATH.fullmatch(path):
            problems.append(Problem(path or "(empty)", "the path of a setting is section.key"))
            continue
        try:
            overrides.append(f"{path}={json.dumps(value, default=_plain, allow_nan=False)}")
        except (TypeError, ValueError):
            problems.append(Problem(path, f"a setting cannot be {_shown(value)}"))
    return overrides


def _once(values: Mapping[Any, object], problems: list[Problem]) -> dict[str, object]:
    """Give values by their paths; a path that stands twice, as itself and in its section, is a problem."""
    given: dict[str, object] = {}
    for path, value in _leaves(values):
        if path in given:
            problems.append(Problem(path, "given twice: by its path and in its section. Take one of them out"))
        given[path] = value
    return given


def _plain(value: object) -> object:
    """Give what JSON can hold of a value of another library."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Settings):
        return value.model_dump(mode="json")
    raise TypeError


def _kind(value: object) -> str:
    return f"of the type {type(value).__name__}"


def _shown(value: object) -> str:
    return repr(value) if isinstance(value, float) else _kind(value)
