"""The codes of views, their modifiers and sides."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.lexicon import Laterality, View, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Mapping

VIEW_CODES: Final[Mapping[str, View]] = MappingProxyType(
    {
        "399162004": View.CC,
        "R-10242": View.CC,
        "399368009": View.MLO,
        "R-10226": View.MLO,
        "399260004": View.ML,
        "R-10224": View.ML,
        "399352003": View.LM,
        "R-10228": View.LM,
        "399099002": View.LMO,
        "R-10230": View.LMO,
        "399196006": View.FB,
        "R-10244": View.FB,
        "399188001": View.SIO,
        "R-102D0": View.SIO,
        "441555000": View.ISO,
        "R-40AAA": View.ISO,
        "399192008": View.XCCL,
        "R-1024A": View.XCCL,
        "Y-X1770": View.XCCL,
        "399101009": View.XCCM,
        "R-1024B": View.XCCM,
        "Y-X1771": View.XCCM,
        "127457009": View.SPECIMEN,
        "G-8310": View.SPECIMEN,
    }
)
"""CID 4014 in SNOMED CT, in the old SNOMED RT codes (SRT, SNM3, 99SDM), and codes of early devices."""

MODIFIER_CODES: Final[Mapping[str, ViewModifier]] = MappingProxyType(
    {
        "399161006": ViewModifier.CLEAVAGE,
        "R-102D2": ViewModifier.CLEAVAGE,
        "399011000": ViewModifier.AXILLARY_TAIL,
        "R-102D1": ViewModifier.AXILLARY_TAIL,
        "399197002": ViewModifier.ROLLED_LATERAL,
        "R-102D3": ViewModifier.ROLLED_LATERAL,
        "399226006": ViewModifier.ROLLED_MEDIAL,
        "R-102D4": ViewModifier.ROLLED_MEDIAL,
        "414493004": ViewModifier.ROLLED_INFERIOR,
        "R-102CA": ViewModifier.ROLLED_INFERIOR,
        "415670009": ViewModifier.ROLLED_SUPERIOR,
        "R-102C9": ViewModifier.ROLLED_SUPERIOR,
        "399209000": ViewModifier.IMPLANT_DISPLACED,
        "R-102D5": ViewModifier.IMPLANT_DISPLACED,
        "399163009": ViewModifier.MAGNIFICATION,
        "R-102D6": ViewModifier.MAGNIFICATION,
        "399055006": ViewModifier.SPOT,
        "R-102D7": ViewModifier.SPOT,
        "399110001": ViewModifier.TANGENTIAL,
        "R-102C2": ViewModifier.TANGENTIAL,
        "442581004": ViewModifier.NIPPLE_IN_PROFILE,
        "R-40AB3": ViewModifier.NIPPLE_IN_PROFILE,
        "442593008": ViewModifier.INFRAMAMMARY_FOLD,
        "R-40ABE": ViewModifier.INFRAMAMMARY_FOLD,
        "442580003": ViewModifier.AXILLARY_TISSUE,
        "R-40AB2": ViewModifier.AXILLARY_TISSUE,
    }
)
"""CID 4015 in SNOMED CT and SNOMED RT; *Anterior compression* has no abbreviation of its own and is left out."""

SIDE_CODES: Final[Mapping[str, Laterality]] = MappingProxyType(
    {
        "80248007": Laterality.LEFT,
        "T-04030": Laterality.LEFT,
        "73056007": Laterality.RIGHT,
        "T-04020": Laterality.RIGHT,
        "63762007": Laterality.BOTH,
        "T-04080": Laterality.BOTH,
        "7771000": Laterality.LEFT,
        "G-A101": Laterality.LEFT,
        "24028007": Laterality.RIGHT,
        "G-A100": Laterality.RIGHT,
        "51440002": Laterality.BOTH,
        "G-A102": Laterality.BOTH,
    }
)
"""Left, right and both breasts (CID 6022), and the modifiers left, right and both (CID 244)."""
