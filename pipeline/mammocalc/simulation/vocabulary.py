"""Vocabulary of recipes: kinds of scenes and objects, detectors and encodings."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Kind of a scene: a distribution of microcalcifications, benign calcifications, or nothing."""

    DIFFUSE = "diffuse"
    REGIONAL = "regional"
    GROUPED = "grouped"
    LINEAR = "linear"
    SEGMENTAL = "segmental"
    MACRO_ONLY = "macro_only"
    ARTERIAL = "arterial"
    NONE = "none"


class Shape(StrEnum):
    """Shape of a calcification."""

    IRREGULAR = "irregular"
    ROUND = "round"
    CAST = "cast"
    FORK = "fork"
    CLOUD = "cloud"
    POPCORN = "popcorn"
    ROD = "rod"
    RIM = "rim"
    PLAQUE = "plaque"
    DERMAL = "dermal"


class Beside(StrEnum):
    """Findings that can lie beside the pattern of a scene."""

    ARTERY = "artery"
    RODS = "rods"
    RIMS = "rims"
    ROUNDS = "rounds"
    SCAR = "scar"
    SKIN = "skin"
    SINGLES = "singles"
    GROUP = "group"


MICRO_SHAPES = (Shape.IRREGULAR, Shape.ROUND, Shape.CAST, Shape.FORK, Shape.CLOUD)
"""What microcalcifications can look like."""
MACRO_SHAPES = (Shape.IRREGULAR, Shape.POPCORN, Shape.ROD, Shape.RIM)
"""What coarse calcifications can look like."""


class ObjectKind(StrEnum):
    """Objects that can be in an image: hard negatives for a search for calcifications."""

    CLIP = "clip"
    MARKER = "marker"
    BB = "bb"
    RING = "ring"
    WIRE = "wire"
    IMPLANT = "implant"
    LABEL = "label"
    FOLD = "fold"
    AREOLA = "areola"


class Photometric(StrEnum):
    """*Photometric Interpretation* (0028,0004): which end of the scale a viewer shows white."""

    MONOCHROME1 = "MONOCHROME1"
    MONOCHROME2 = "MONOCHROME2"


class Relationship(StrEnum):
    """*Pixel Intensity Relationship* (0028,1040)."""

    LIN = "LIN"
    LOG = "LOG"


class Detector(StrEnum):
    """
    *Detector Type* (0018,7004): how X-rays become an image.

    Charge in selenium, charge by the light of a scintillator, which blurs, or
    the blackening of a film that is scanned.
    """

    DIRECT = "DIRECT"
    SCINTILLATOR = "SCINTILLATOR"
    FILM = "FILM"


class Coding(StrEnum):
    """The lossless transfer syntaxes that can be written, by the names used in recipes."""

    IMPLICIT_LITTLE = "implicit_little"
    EXPLICIT_LITTLE = "explicit_little"
    EXPLICIT_BIG = "explicit_big"
    DEFLATED = "deflated"
    RLE = "rle"
    JPEG_LOSSLESS = "jpeg_lossless"
    JPEG_LOSSLESS_SV1 = "jpeg_lossless_sv1"
    JPEG_LS = "jpeg_ls"
    JPEG_2000 = "jpeg_2000"


TRANSFER_SYNTAX_UIDS = {
    Coding.IMPLICIT_LITTLE: "1.2.840.10008.1.2",
    Coding.EXPLICIT_LITTLE: "1.2.840.10008.1.2.1",
    Coding.EXPLICIT_BIG: "1.2.840.10008.1.2.2",
    Coding.DEFLATED: "1.2.840.10008.1.2.1.99",
    Coding.RLE: "1.2.840.10008.1.2.5",
    Coding.JPEG_LOSSLESS: "1.2.840.10008.1.2.4.57",
    Coding.JPEG_LOSSLESS_SV1: "1.2.840.10008.1.2.4.70",
    Coding.JPEG_LS: "1.2.840.10008.1.2.4.80",
    Coding.JPEG_2000: "1.2.840.10008.1.2.4.90",
}
