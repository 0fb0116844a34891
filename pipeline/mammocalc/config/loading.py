"""Loading of a configuration: from a YAML file and ``--set`` options, with all mistakes at once."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from mammocalc.config.composition import REDACTED, Config, is_secret
from mammocalc.config.film import HOMES
from mammocalc.config.now_constant import NOW_CONSTANT
from mammocalc.files.possible_path import SHOWN, why_impossible
from mammocalc.files.ready_made import find, listed
from mammocalc.files.yaml_text import YamlError, parse_yaml, read_yaml
from mammocalc.model.mistakes import sentence_of, shown
from mammocalc.model.settings import Settings
from mammocalc.vocabulary.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

FROM_DEFAULT: Final = "default"
FROM_OPTION: Final = "--set"
FROM_SALT_FILE: Final = "--salt-file"
FROM_CONFIG: Final = "Config"
SALT: Final = ("privacy", "patient_key_salt")


@dataclass(frozen=True, slots=True)
class ResolvedConfig:
    """
    A checked configuration that remembers where each value came from.

    ``origins`` maps the dotted path of every setting that was given to
    ``--set`` or to the name of the file; what is not in it is a default.
    """

    config: Config
    origins: Mapping[str, str]


def load(
    file: str | Path | Config | None = None,
    overrides: Sequence[str] = (),
    salt: str | None = None,
    option: str = FROM_OPTION,
) -> ResolvedConfig:
    """
    Read a configuration.

    Parameters
    ----------
    file : str, Path, Config or None
        A YAML 1.2 file that holds the keys that differ from the defaults, or the
        bare name of one that comes with the program (``high_sensitivity``); None
        for the defaults alone. A configuration that is made already is taken as it is.
    overrides : sequence of str
        ``section.key=value`` each, the value written as in YAML. They win over
        the file, and later ones over earlier ones.
    salt : str or None
        For ``privacy.patient_key_salt``, from a place that others do not see; wins over both.
    option : str
        What sentences and origins call the overrides.

    Returns
    -------
    ResolvedConfig

    Raises
    ------
    ConfigurationError
        With every mistake that was found. Faults of the YAML itself come
        first and alone, since nothing can be checked before they are mended.
    """
    values: dict[str, Any] = {}
    repeated: list[Problem] = []
    origins: dict[str, str] = {}
    source = option if file is None else FROM_CONFIG if isinstance(file, Config) else str(file)
    if isinstance(file, Config):
        values = file.model_dump(mode="json")
        origins.update((path, FROM_CONFIG) for path in setting_paths(Config) if _at(file, path) != _at(Config(), path))
    elif file is not None:
        file = find(file)
        values, repeated = _read_mapping(file)
        values = _without_empty_sections(values)
        origins.update(dict.fromkeys(_leaves(values), file.name))
    for path, value in _parse_overrides(overrides, option):
        _put(values, path, value)
        for leaf in _leaves(_nest(path, value)):
            origins[leaf] = option
    if salt is not None:
        _put(values, SALT, salt)
        origins[".".join(SALT)] = FROM_SALT_FILE
    config = _with_film_as_given(_validate(values, origins, source, repeated, option), origins)
    return ResolvedConfig(_named(config, origins, option), origins)


def _with_film_as_given(config: Config, origins: dict[str, str]) -> Config:
    """Let a setting that was given hold for films as well, unless theirs was given too; ``origins`` are completed."""
    given = {}
    for name, section in HOMES.items():
        path, own, value = f"{section}.{name}", f"film.{name}", getattr(getattr(config, section), name)
        if path in origins and own not in origins and value != getattr(config.film, name):
            given[name] = value
            origins[own] = origins[path]
    return config.model_copy(update={"film": config.film.model_copy(update=given)}) if given else config


def _read_mapping(file: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Read the file's top level, and the keys that stand twice in it."""
    if (why := why_impossible(file)) is not None:
        raise ConfigurationError(str(file)[:SHOWN], [Problem("file", why)])
    if not file.exists():
        message = f"does not exist, and is not one of the configurations that come by name: {listed()}"
        raise ConfigurationError(str(file), [Problem("file", message)])
    values, repeated = read_yaml(file, str(file))
    if values is None:
        return {}, []
    if not isinstance(values, dict):
        raise ConfigurationError(str(file), [Problem("file", "must hold sections with keys, such as 'detect:'")])
    return values, repeated


def _without_empty_sections(values: dict[str, Any]) -> dict[str, Any]:
    """Drop sections that hold nothing, as where all their keys are commented out."""
    known = {*_sections(), *NOW_CONSTANT}
    return {key: value for key, value in values.items() if not (value is None and key in known)}


def _parse_overrides(overrides: Sequence[str], option: str) -> list[tuple[tuple[str, ...], Any]]:
    parsed, problems = [], []
    for override in overrides:
        key, separator, text = override.partition("=")
        path = tuple(key.strip().split("."))
        if not separator or not all(path):
            problems.append(Problem(key or "(empty)", "write it as section.key=value"))
            continue
        try:
            value, repeated = parse_yaml(text)
        except YamlError as error:
            problems.append(Problem(key, error.problem.message))
            continue
        problems += [Problem(f"{key}.{problem.path}", problem.message) for problem in repeated]
        parsed.append((path, value))
    if problems:
        raise ConfigurationError(option, problems)
    return parsed


def _nest(path: Sequence[str], value: Any) -> dict[str, Any]:
    for key in reversed(path):
        value = {key: value}
    return value  # type: ignore[no-any-return]


def _put(values: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for key in path[:-1]:
        if not isinstance(values.get(key), dict):
            values[key] = {}
        values = values[key]
    values[path[-1]] = value


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Dotted paths of everything that is not itself a section."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _validate(
    values: dict[str, Any], origins: Mapping[str, str], source: str, repeated: Sequence[Problem], option: str
) -> Config:
    """Check all values; mistakes of a file's form are told together with those of its values."""
    problems = list(repeated)
    try:
        config = Config.model_validate_json(json.dumps(values))
    except ValidationError as error:
        problems += [
            one for details in error.errors(include_url=False) for one in _problems_of(details, origins, option)
        ]
    if problems:
        raise ConfigurationError(source, problems)
    return config


def _problems_of(details: ErrorDetails, origins: Mapping[str, str], option: str) -> list[Problem]:
    """Name one mistake; where a whole section is gone, each of its settings that was given."""
    loc, given = details["loc"], details["input"]
    if details["type"] == "extra_forbidden" and len(loc) == 1 and loc[0] in NOW_CONSTANT and isinstance(given, dict):
        return [_problem({**details, "loc": (*loc, str(key))}, origins, option) for key in given]
    return [_problem(details, origins, option)]


def _problem(details: ErrorDetails, origins: Mapping[str, str], option: str) -> Problem:
    path = ".".join(str(part) for part in details["loc"]) or "file"
    given_by_option = origins.get(path) == option
    origin = f", from {option}" if given_by_option else ""
    if details["type"] == "extra_forbidden":
        section, _, name = path.partition(".")
        if name in NOW_CONSTANT.get(section, ()):
            return Problem(path, f"is no setting any more{origin}: it is a constant of the program now; take it out")
        return Problem(path, f"unknown key{origin}{_suggestion(path)}")
    holds_secret = is_secret(path) or path == "privacy"  # where a text stands in place of the section
    given = REDACTED if holds_secret else shown(details["input"])
    return Problem(path, f"{sentence_of(details)} (got {given}{origin})")


def _suggestion(path: str) -> str:
    """Name the key that was probably meant: the same word elsewhere, or a similar one in the same place."""
    known = list(setting_paths(Config))
    section, _, word = path.rpartition(".")
    if path in known:  # `detect.threshold: 1` as one key of the top level
        return f"; write it as a key inside the section '{section}:'"
    same_word = [other for other in known if other.rpartition(".")[2] == word]
    siblings = [other for other in known if other.rpartition(".")[0] == section]
    if not section:
        siblings += _sections()
    close = same_word or difflib.get_close_matches(path, siblings, n=1, cutoff=0.6)
    close = close or difflib.get_close_matches(path, known, n=1, cutoff=0.7)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def _sections() -> list[str]:
    return [name for name, field in Config.model_fields.items() if section_of(field)]


def section_of(field: FieldInfo) -> type[Settings] | None:
    """Return the section class of a field, or None if the field is a value."""
    annotation = field.annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, Settings) else None


def setting_paths(model: type[Settings], prefix: str = "") -> Iterator[str]:
    """Dotted paths of all settings of a section, in the order in which they are declared."""
    for name, field in model.model_fields.items():
        if section := section_of(field):
            yield from setting_paths(section, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _at(config: Config, path: str) -> Any:
    """Give the value of a setting."""
    section, _, name = path.rpartition(".")
    return getattr(getattr(config, section) if section else config, name)


def _named(config: Config, origins: Mapping[str, str], option: str) -> Config:
    """
    Keep the operating point's name honest.

    What is changed is not called ``default`` but ``custom``, and a named
    configuration that was changed on the command line says so.
    """
    if origins.get("name") == option or config == Config(name=config.name):
        return config
    if config.name == Config().name:
        return config.model_copy(update={"name": "custom"})
    if option in origins.values():
        return config.model_copy(update={"name": f"{config.name} (changed)"})
    return config
