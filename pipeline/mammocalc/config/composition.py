"""The sections of a configuration, and the digest of their values."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field, ValidationError

from mammocalc.config.film import FilmSettings, by_section
from mammocalc.dicom.reader.settings import AdmitSettings, PrivacySettings, ReadSettings, SpacingSettings
from mammocalc.model.mistakes import problems_of
from mammocalc.model.settings import Settings
from mammocalc.rendering.overlay.settings import OverlaySettings
from mammocalc.results.settings import OutputSettings
from mammocalc.stages.classify import ClassifySettings
from mammocalc.stages.cluster_features import PatternSettings
from mammocalc.stages.clustering import GroupSettings
from mammocalc.stages.detect import DetectSettings
from mammocalc.stages.distribution import DistributionSettings
from mammocalc.stages.foreign_objects import ForeignSettings
from mammocalc.stages.measure import MeasureSettings
from mammocalc.stages.morphology import MorphologySettings
from mammocalc.stages.vessels import VesselSettings
from mammocalc.vocabulary.errors import ConfigurationError, Problem
from mammocalc.vocabulary.lexicon import Medium

REDACTED: Final = "(set, not shown)"
"""What stands in place of a secret wherever a configuration is written out."""


class _OwnMistakes(type(Settings)):  # type: ignore[misc] # pydantic names the type of its types privately
    """Tells mistakes of a call in the sentences of all others; what validates by other ways is as it was."""

    def __call__(cls, *values: Any, **sections: Any) -> Any:
        if values:
            problem = Problem("Config", "sections are given by name: Config(detect={'threshold_sigma': 7})")
            raise ConfigurationError("Config", [problem])
        try:
            return super().__call__(**sections)
        except ValidationError as error:
            raise ConfigurationError("Config", problems_of(error, cls, "Config")) from None


if TYPE_CHECKING:
    _Section = Settings  # so that checkers know the arguments
else:

    class _Section(Settings, metaclass=_OwnMistakes):
        """A section whose mistakes are told so."""


class Config(_Section):
    """All settings of mammocalc, by section, in the order in which the stages use them."""

    name: Annotated[str, Field(pattern=r"^[\w .()+-]{1,64}$")] = "default"
    """Name of this operating point; it stands in the provenance of every result. The unchanged defaults are called
    ``default``; changed ones that are given no name are called ``custom``."""

    admit: AdmitSettings = AdmitSettings()
    """Which kinds of objects are analysed beside ordinary mammograms; each is skipped by default."""

    spacing: SpacingSettings = SpacingSettings()
    """Which pixel spacings and magnifications are believed."""

    read: ReadSettings = ReadSettings()
    """What may be read into memory."""

    privacy: PrivacySettings = PrivacySettings()
    """How images and folders are named without naming a person."""

    detect: DetectSettings = DetectSettings()
    """What counts as a particle."""

    classify: ClassifySettings = ClassifySettings()
    """How particles are scored, and from which score on they are reported."""

    film: FilmSettings = FilmSettings()
    """What takes the place of its namesake where an image is a digitised film (``classify.medium``)."""

    foreign: ForeignSettings = ForeignSettings()
    """What lies over the breast and is no calcification."""

    measure: MeasureSettings = MeasureSettings()
    """How particles are measured, and where macro begins."""

    vessels: VesselSettings = VesselSettings()
    """What is taken for the wall of an artery, and left out of the distribution."""

    morphology: MorphologySettings = MorphologySettings()
    """By which sizes and shapes kinds of calcifications are told apart."""

    group: GroupSettings = GroupSettings()
    """When two calcifications belong together."""

    pattern: PatternSettings = PatternSettings()
    """How the shape of a set of calcifications is measured."""

    distribution: DistributionSettings = DistributionSettings()
    """The definitions of the distribution descriptors."""

    overlay: OverlaySettings = OverlaySettings()
    """The picture of one image with what was found in it."""

    outputs: OutputSettings = OutputSettings()
    """What is written for every analysed image, besides its result and the tables."""


def medium_of(config: Config, *, is_film: bool) -> Medium:
    """
    Give the medium as which an image is analysed.

    Parameters
    ----------
    config : Config
        Its ``classify.medium`` decides, unless that is ``auto``.
    is_film : bool
        Whether the file says that it is a digitised film.

    Returns
    -------
    Medium
    """
    if config.classify.medium == "auto":
        return Medium.FILM if is_film else Medium.DIGITAL
    return Medium(config.classify.medium)


def settings_for(config: Config, medium: Medium) -> Config:
    """
    Give the settings under which an image of one medium is analysed.

    Parameters
    ----------
    config : Config
    medium : Medium

    Returns
    -------
    Config
        For film, every setting of its section in the place of its namesake.
        ``classify.medium`` says the medium, so that doing it again changes
        nothing.

    Examples
    --------
    >>> settings_for(Config(), Medium.FILM).classify.threshold
    0.8
    >>> settings_for(Config(), Medium.DIGITAL).detect == Config().detect
    True
    """
    changes: dict[str, dict[str, Any]] = by_section(config.film) if medium is Medium.FILM else {}
    changes.setdefault("classify", {})["medium"] = medium.value
    return config.model_copy(
        update={section: getattr(config, section).model_copy(update=values) for section, values in changes.items()}
    )


def is_secret(path: str) -> bool:
    """Tell whether a setting must not be written out: a salt is worth what its secrecy is."""
    return path.endswith("salt")


def without_secrets(section: Settings) -> dict[str, Any]:
    """
    Give a configuration, or a section of one, as JSON values that are fit to be written beside results.

    Parameters
    ----------
    section : Settings

    Returns
    -------
    dict
        Every key. A secret that was set is replaced by `REDACTED`,
        so that nobody who holds the results can look up patients by hashing
        identifiers; the public default of one that was not set is shown.
    """
    values = section.model_dump(mode="json")
    for name, field in type(section).model_fields.items():
        child = getattr(section, name)
        if isinstance(child, Settings):
            values[name] = without_secrets(child)
        elif is_secret(name) and child != field.default:
            values[name] = REDACTED
    return values


def without_salt(config: Config) -> Config:
    """
    Remove the salt from a configuration for workers, which receive names that are hashed already.

    Parameters
    ----------
    config : Config

    Returns
    -------
    Config
        The same, with an empty ``privacy.patient_key_salt``.
    """
    return config.model_copy(update={"privacy": config.privacy.model_copy(update={"patient_key_salt": ""})})


def digest(config: Config) -> str:
    """
    Fingerprint a configuration.

    Every value counts, secrets too, and what stands in the classifiers' files:
    two runs with one digest and one version give equal bytes for equal input.

    Parameters
    ----------
    config : Config

    Returns
    -------
    str
        The first 16 hexadecimal digits of the SHA-256 of the canonical JSON
        (sorted keys, no spaces).

    Examples
    --------
    >>> digest(Config()) == digest(Config(name="default"))
    True
    >>> digest(Config()) == digest(Config(name="other"))
    False
    """
    canonical = json.dumps(config.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    fingerprint = hashlib.sha256(canonical.encode("ascii"))
    for file in (config.classify.file, config.vessels.file, config.distribution.file):
        if file is not None:
            with contextlib.suppress(OSError):  # a run that needs it says that it is missing
                fingerprint.update(Path(file).read_bytes())
    return fingerprint.hexdigest()[:16]
