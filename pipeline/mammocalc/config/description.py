"""Description of every setting: as rows, as a commented YAML file and as a JSON schema."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from mammocalc.config.composition import REDACTED, Config, without_secrets
from mammocalc.config.loading import FROM_DEFAULT, ResolvedConfig, section_of
from mammocalc.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNITS: Final = {
    "_per_cm2": "per cm²",
    "_per_mm": "per mm",
    "_mm2": "mm²",
    "_mm": "mm",
    "_px2": "pixels²",
    "_px": "pixels",
    "_sigma": "standard deviations of the noise",
    "_degrees": "degrees",
    "_fraction": "fraction, 0 to 1",
    "_share": "share, 0 to 1",
    "_probability": "probability, 0 to 1",
    "_seconds": "s",
    "_bytes": "bytes",
    "_mib": "MiB",
    "_gib": "GiB",
    "_percent": "%",
}
"""What the end of a setting's name says about its unit; longer endings stand before those they end in."""

WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: dotted path, value as YAML, unit (empty for none), meaning, and where the value came from."""

    path: str
    value: str
    unit: str
    meaning: str
    origin: str


def describe(resolved: ResolvedConfig) -> tuple[Row, ...]:
    """
    Explain every setting of a configuration.

    Parameters
    ----------
    resolved : ResolvedConfig

    Returns
    -------
    tuple of Row
        In the order of the sections. A secret's value is not shown.
    """
    values = without_secrets(resolved.config)
    return tuple(_rows(type(resolved.config), values, resolved.origins, ""))


def _rows(model: type[Settings], values: Mapping[str, Any], origins: Mapping[str, str], prefix: str) -> Iterator[Row]:
    for name, field in model.model_fields.items():
        path, value = f"{prefix}{name}", values[name]
        if section := section_of(field):
            yield from _rows(section, value, origins, f"{path}.")
        else:
            meaning = _plain(field.description or "")
            yield Row(path, _inline(value), unit_of(name), meaning, origins.get(path, FROM_DEFAULT))


def unit_of(name: str) -> str:
    """
    Read the unit from the end of a setting's name.

    Examples
    --------
    >>> unit_of("reach_mm"), unit_of("threshold_sigma"), unit_of("minimum_members")
    ('mm', 'standard deviations of the noise', '')
    """
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")


def to_commented_yaml(config: Config) -> str:
    """
    Write every key of a configuration with its unit and reason.

    Parameters
    ----------
    config : Config

    Returns
    -------
    str
        YAML that `load` reads back to an equal configuration, except for a
        secret, which is left out behind a comment.
    """
    header = [
        "# Every setting of mammocalc with its default. A file of your own needs only the keys that differ:",
        "#   mammocalc run FOLDER --out DIR --config my.yaml --set section.key=value",
        "# A unit stands at the end of a name: _mm and _mm2 in the breast, _px stored pixels, _sigma standard",
        "# deviations of the image's own noise. An unknown key is an error.",
        "",
    ]
    return "\n".join([*header, *_yaml_lines(config, 0)]) + "\n"


def _yaml_lines(section: Settings, depth: int) -> Iterator[str]:
    indent = "  " * depth
    values = without_secrets(section)
    for number, (name, field) in enumerate(type(section).model_fields.items()):
        child = getattr(section, name)
        if number and (depth == 0 or isinstance(child, Settings)):
            yield ""
        if isinstance(child, Settings):
            yield from _comment(field.description or type(child).__doc__ or "", indent)
            yield f"{indent}{name}:"
            yield from _yaml_lines(child, depth + 1)
            continue
        unit = unit_of(name)
        yield from _comment(f"{field.description or ''}{f' [{unit}]' if unit else ''}", indent)
        if values[name] == REDACTED:
            yield f"{indent}# {name}: {REDACTED}"
        else:
            yield f"{indent}{name}: {_inline(values[name])}"


def _comment(text: str, indent: str) -> Iterator[str]:
    marker = f"{indent}# "
    for line in textwrap.wrap(_plain(text), WIDTH - len(marker), break_on_hyphens=False):
        yield f"{marker}{line}"


def _plain(text: str) -> str:
    """Take the line breaks and the marks of the docstring's markup out of a meaning."""
    return " ".join(text.split()).replace("``", "'")


def _inline(value: Any) -> str:
    """Write a value as YAML on one line."""
    dumped = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True, sort_keys=False)
    return dumped.removesuffix("...\n").strip()


def json_schema() -> dict[str, Any]:
    """
    Give the JSON schema of a configuration file, for editors that complete YAML.

    Returns
    -------
    dict
        JSON Schema 2020-12; no key is required, unknown ones are not allowed.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Config.model_json_schema(),
        "title": "mammocalc configuration",
    }
