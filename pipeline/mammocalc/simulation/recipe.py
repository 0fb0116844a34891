"""Recipes of the simulator: one `Scene` for each image, and a `Recipe` of them, as written in YAML."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - part of a public signature
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from mammocalc.files.yaml_text import read_yaml
from mammocalc.model.mistakes import problems_of
from mammocalc.model.settings import Settings
from mammocalc.simulation.film_recipe import Film
from mammocalc.simulation.vocabulary import (
    MACRO_SHAPES,
    MICRO_SHAPES,
    Beside,
    Coding,
    Detector,
    Kind,
    ObjectKind,
    Photometric,
    Relationship,
    Shape,
)
from mammocalc.vocabulary.errors import ConfigurationError
from mammocalc.vocabulary.lexicon import Laterality, PresentationIntent, View


def require_order(values: tuple[float, float]) -> tuple[float, float]:
    """Refuse a range that ends before it begins."""
    if values[1] < values[0]:
        raise ValueError("the second number must not be smaller than the first")
    return values


_Section = TypeVar("_Section", bound=Settings)

# YAML gives lists and words, so tuples and vocabularies are read leniently; numbers stay strict.
_Pair = Annotated[tuple[float, float], Field(strict=False), AfterValidator(require_order)]
_Counts = Annotated[tuple[int, int], Field(strict=False), AfterValidator(require_order)]

_OPTIONAL = frozenset({"objects", "film", "shapes", "flat_nipple", "muscle_share", "beside", "fibres"})
"""Fields that are written out only where they are not as usual."""

_SHAPES = {Kind.MACRO_ONLY: MACRO_SHAPES, Kind.ARTERIAL: (), Kind.NONE: ()}
"""What can be asked for where it is not the shapes of microcalcifications."""

_VIEWS = (View.CC, View.MLO, View.ML, View.XCCL)


class Scene(Settings):
    """One image: the breast, what is planted in it, the detector and the file. Equal scenes give equal images."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=60)
    """The file's name without its ending; letters, digits, dot, hyphen and underscore."""
    kind: Annotated[Kind, Field(strict=False)]
    """What is planted."""
    seed: int = Field(ge=0, lt=2**63)
    """Where the random numbers begin. The anatomy and the planted positions in mm do not depend on the pixel size."""
    patient: int = Field(default=1, ge=1, le=9999)
    """Which synthetic patient; scenes of one number share PatientID and study."""
    view: Annotated[View, Field(strict=False)] = View.CC
    """CC, MLO, ML or XCCL; the muscle is drawn in MLO and, smaller, in ML."""
    laterality: Annotated[Laterality, Field(strict=False)] = Laterality.LEFT
    """L has its chest wall at the left border of the image, R at the right."""

    field_mm: Annotated[tuple[float, float], Field(strict=False)] = (180.0, 130.0)
    """Height and width of the image in the breast. The breast is fitted into it. Half a usual detector area."""
    pixel_spacing_mm: float = Field(default=0.07, ge=0.03, le=0.2)
    """Pixel size in the breast; 0.05 to 0.1 mm are usual in digital mammography."""
    magnification: float = Field(default=1.05, ge=1.0, le=2.0)
    """Radiographic magnification: ImagerPixelSpacing is the pixel size times this. 1.05 suits a contact view."""
    thickness_mm: float | None = Field(default=None, ge=15.0, le=110.0)
    """Compressed thickness; null takes 25 mm plus a quarter of the breast's depth (small breasts are thinner)."""
    density: float = Field(default=0.35, ge=0.05, le=0.95)
    """Share of fibroglandular tissue behind the nipple; 0.1 is a fatty breast, 0.7 a dense one."""

    flat_nipple: bool = False
    """Whether the nipple does not stand out of the skin line, as where it is inverted or not in profile."""
    muscle_share: float = Field(default=1.0, ge=0.05, le=1.5)
    """Thickness of the pectoral muscle as a share of the usual, which is two fifths of the compressed breast; the edge
    of a thin one is faint."""

    count: _Counts | None = None
    """Fewest and most particles; null takes the usual range of the kind (insertion.place.USUAL_COUNTS)."""
    micro_diameter_mm: _Pair = (0.16, 0.7)
    """Diameters of microcalcifications; small ones are the most frequent. The usual range is 0.1 to 1 mm."""
    macro_diameter_mm: _Pair = (1.3, 3.6)
    """Diameters of macrocalcifications; coarse ones are larger than 1 to 3 mm (BI-RADS)."""
    attenuation_per_mm: _Pair = (0.35, 0.9)
    """Attenuation of one mm of calcification above tissue; hydroxyapatite reaches about 1 at 22 keV, crystals in
    tissue less."""
    snr: _Pair = (4.0, 120.0)
    """Ideal matched-filter signal-to-noise ratio of microcalcifications. Fainter and brighter ones are thickened or
    thinned to these limits: below 4 nobody sees them, and at 120 a speck of 0.5 mm is as bright as calcium can be."""
    shapes: Annotated[tuple[Annotated[Shape, Field(strict=False)], ...], Field(strict=False)] = ()
    """What the calcifications of the pattern look like; empty takes the usual mixture of the kind. Microcalcifications
    can be irregular, round, cast (a filled duct), fork (one that branches) and cloud (without an edge), each drawn
    with equal chance; those of macro_only irregular, popcorn, rod and rim, in turn."""
    strays: _Counts = (0, 2)
    """Fewest and most single microcalcifications far from the pattern; not planted in none, macro_only, diffuse."""
    beside: Annotated[tuple[Annotated[Beside, Field(strict=False)], ...], Field(strict=False, max_length=8)] = ()
    """What else lies in the breast, one for each time it is named: a calcified artery, secretory rods, rims, coarse
    rounds, a scar, skin calcifications, single specks, a second group. Patients have several of these at once."""
    knots: int = Field(default=5, ge=0, le=100)
    """Hard negatives: places where several fibres cross in one point."""
    fibres: float = Field(default=1.0, ge=0.0, le=10.0)
    """Hard negatives: how many times as many thin fibres as usual; the breasts of patients are 1 to 4."""
    hot_pixels: int = Field(default=0, ge=0, le=1000)
    """Hard negatives: single pixels with far too high a value, which detector correction missed."""
    dead_pixels: int = Field(default=0, ge=0, le=1000)
    """Hard negatives: single pixels with far too low a value."""
    objects: Annotated[tuple[Annotated[ObjectKind, Field(strict=False)], ...], Field(strict=False, max_length=50)] = ()
    """Hard negatives: a surgical clip, a biopsy marker, a BB or a wire ring on the skin, a localisation wire, an
    implant, a label over the breast's edge, a fold of skin, an areola; one for each time it is named."""

    detector: Annotated[Detector, Field(strict=False)] = Detector.DIRECT
    """Direct detectors have white noise and little blur; scintillators blur signal and noise; film has grain, a
    characteristic curve and dust. FILM is a film that was scanned."""
    film: Film | None = None
    """The film and its scan, where the detector is FILM; null takes every default of `Film`."""
    quanta_per_mm2: float = Field(default=4e5, ge=1e3, le=1e7)
    """X-ray quanta registered in one mm2 behind the median of the breast. An air kerma of 100 µGy at the detector,
    usual in screening, is 5.8e5 quanta of 20 keV in one mm2, of which a detector registers about two thirds."""
    electronic_noise_quanta: float = Field(default=5.0, ge=0.0, le=1000.0)
    """Standard deviation of the electronic noise of one pixel in quanta; a few per cent of the signal's variance."""
    collimation_mm: float = Field(default=0.0, ge=0.0, le=20.0)
    """Width of the collimator's shadow along the borders other than the chest wall."""
    marker: bool = True
    """Whether side and view are burned into the pixels, in a corner without tissue."""

    intent: Annotated[PresentationIntent, Field(strict=False)] = PresentationIntent.FOR_PRESENTATION
    """FOR PROCESSING stores exposure, FOR PRESENTATION a processed image."""
    photometric: Annotated[Photometric, Field(strict=False)] = Photometric.MONOCHROME2
    """MONOCHROME1 shows small values white."""
    relationship: Annotated[Relationship, Field(strict=False)] | None = None
    """LIN or LOG for images FOR PROCESSING; null is LIN. Images FOR PRESENTATION are LOG."""
    sign: Annotated[int, Field(ge=-1, le=1)] | None = None
    """Pixel Intensity Relationship Sign: 1 where larger values mean more X-rays. Null follows the photometric
    interpretation, so that dense tissue is shown white."""
    bits: int = Field(default=12, ge=8, le=16)
    """Bits stored; fewer than 10 for film alone."""
    transfer_syntax: Annotated[Coding, Field(strict=False)] = Coding.EXPLICIT_LITTLE
    """How the pixels are coded in the file."""
    manufacturer: str = Field(default="Mammocalc", max_length=60)
    """Manufacturer in the header."""
    manufacturer_model_name: str = Field(default="Simulator", max_length=60)
    """Model name in the header."""

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        """Refuse what has no meaning together."""
        if self.laterality not in {Laterality.LEFT, Laterality.RIGHT}:
            raise ValueError("laterality must be L or R")
        if self.view not in _VIEWS:
            raise ValueError(f"view must be one of {', '.join(_VIEWS)}")
        if self.sign == 0:
            raise ValueError("sign must be 1 or -1")
        if min(self.field_mm) < 40.0 or max(self.field_mm) > 400.0:
            raise ValueError("field_mm must lie between 40 and 400 mm")
        if self.intent is PresentationIntent.FOR_PRESENTATION and self.relationship is Relationship.LIN:
            raise ValueError("an image FOR PRESENTATION is not linear in exposure")
        allowed = _SHAPES.get(self.kind, MICRO_SHAPES)
        if not set(self.shapes) <= set(allowed):
            raise ValueError(f"shapes of the kind {self.kind} can be {', '.join(allowed) or 'none'}")
        is_film = self.detector is Detector.FILM
        if self.film is not None and not is_film:
            raise ValueError("film needs the detector FILM")
        if is_film and self.intent is not PresentationIntent.FOR_PRESENTATION:
            raise ValueError("a film is scanned FOR PRESENTATION")
        if self.bits < 10 and not is_film:
            raise ValueError("fewer than 10 bits need the detector FILM")
        return self

    @model_serializer(mode="wrap")
    def _without_what_is_not_there(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is as usual, so that older scenes keep their identifiers."""
        values: dict[str, Any] = write(self)
        usual = {name for name in _OPTIONAL if getattr(self, name) == type(self).model_fields[name].default}
        return {name: value for name, value in values.items() if name not in usual}

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the image."""
        return round(self.field_mm[0] / self.pixel_spacing_mm), round(self.field_mm[1] / self.pixel_spacing_mm)

    @property
    def used_film(self) -> Film | None:
        """The film, with the defaults filled in; None for detectors of other kinds."""
        return (self.film or Film()) if self.detector is Detector.FILM else None

    @property
    def stored_relationship(self) -> Relationship:
        """The relationship between pixel values and exposure, with the default filled in."""
        if self.intent is PresentationIntent.FOR_PRESENTATION:
            return Relationship.LOG
        return self.relationship or Relationship.LIN

    @property
    def stored_sign(self) -> int:
        """1 where larger stored values mean more X-rays, -1 where they mean fewer."""
        if self.intent is PresentationIntent.FOR_PROCESSING and self.sign is not None:
            return self.sign
        return 1 if self.photometric is Photometric.MONOCHROME1 else -1


class Recipe(Settings):
    """A list of scenes: everything that a folder of synthetic mammograms depends on."""

    scenes: Annotated[tuple[Scene, ...], Field(strict=False)]
    """The images, each with a name of its own."""

    @model_validator(mode="before")
    @classmethod
    def _is_list(cls, given: object) -> object:
        """Take the scenes alone, without the key before them."""
        return {"scenes": given} if isinstance(given, list) else given

    @model_validator(mode="after")
    def _has_distinct_names(self) -> Self:
        """Refuse an empty recipe, and two scenes that would be written to one file."""
        if not self.scenes:
            raise ValueError("a recipe needs at least one scene")
        names = [scene.name.casefold() for scene in self.scenes]
        if len(set(names)) < len(names):
            raise ValueError("two scenes have the same name")
        return self

    def reseeded(self, step: int) -> Recipe:
        """Give the same scenes as another draw: ``step`` is added to the seed of each."""
        scenes = tuple(scene.model_copy(update={"seed": scene.seed + step}) for scene in self.scenes)
        return self.model_copy(update={"scenes": scenes})


def load_settings(path: Path, kind: type[_Section]) -> _Section:
    """
    Read settings from a YAML file.

    Parameters
    ----------
    path : Path
        A file with the fields of ``kind`` as its keys. An empty file leaves every default.
    kind : type
        `Recipe`, or another class of settings.

    Returns
    -------
    Settings
        Of that kind.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, is not YAML, or holds mistakes; all of them are named together.
    """
    content, problems = read_yaml(path, path.name)
    try:
        read = kind.model_validate({} if content is None else content)
    except ValidationError as error:
        problems += problems_of(error, kind, "recipe")
    if problems:
        raise ConfigurationError(path.name, problems)
    return read


def load_recipe(path: Path) -> Recipe:
    """
    Read a recipe from a YAML file: a list of mappings with the fields of `Scene`, alone or under the key ``scenes``.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Recipe

    Raises
    ------
    ConfigurationError
        If it cannot be read or is wrong; it names all mistakes of the file.
    """
    return load_settings(path, Recipe)
