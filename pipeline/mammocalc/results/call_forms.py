"""Form of distribution and morphology in a result, with their reasons."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from mammocalc.model import DistributionCall, MorphologyCall
from mammocalc.results.association_form import DESCRIPTOR
from mammocalc.results.form import TEXT, TEXTS, Form, figures, listed, named, or_none, record, share, word
from mammocalc.results.form import Member as Key
from mammocalc.results.rounding import EVIDENCE_DECIMALS, PROBABILITY_DECIMALS, summing_to_one
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution, Morphology

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.results.field import Field

_SHARE = share(PROBABILITY_DECIMALS)


def _whole(shares: Mapping[Any, float], whose: str) -> Mapping[Any, float]:
    if not math.isclose(sum(shares.values()), 1.0, rel_tol=1e-6):
        message = f"the probabilities of {whose} must sum to 1"
        raise ValueError(message)
    return summing_to_one(shares)


def _write_descriptors(shares: Mapping[Distribution, float]) -> dict[str, float] | None:
    """Give the five in the order of the vocabulary."""
    if not shares:
        return None
    return {str(label): share for label, share in _whole({x: shares[x] for x in DESCRIPTORS}, "a distribution").items()}


def _write_kinds(shares: Mapping[Morphology, float]) -> dict[str, float]:
    return {str(kind): share for kind, share in _whole(shares, "a morphology").items() if share}


def _read_kinds(field: Field) -> dict[Morphology, float]:
    return {value.instead(kind).word(Morphology): value.share() for kind, value in field.members()}


_DESCRIPTORS: Final[Form[dict[str, float] | None]] = or_none(
    record(
        dict,
        *(Key(str(label), _SHARE) for label in DESCRIPTORS),
        description="One probability for each descriptor; they sum to 1.",
    ),
    "The call has none.",
)
_KIND: Final = named(
    "kind", "A kind of calcification in the words of BI-RADS, or that none can be assessed.", word(Morphology)
)
_LOOKED_AT: Final = "The numbers that were looked at, by name; units stand in the names."

DISTRIBUTION: Final = named(
    "distribution",
    "A distribution descriptor with what speaks for it.",
    record(
        DistributionCall,
        Key(
            "label",
            word(Distribution),
            "A descriptor; indeterminate where two are too close or none has its numbers. Of an image also none (no "
            "calcification, or one or two), scattered (three and more that no descriptor fits), vascular (most lie in "
            "arteries), typically_benign (many are so by their form); not_applicable where there is no believable "
            "spacing.",
        ),
        Key(
            "between",
            listed(DESCRIPTOR).also(maxItems=2, uniqueItems=True),
            "The two candidates of an indeterminate call; empty otherwise.",
        ),
        Key(
            "probabilities",
            Form(
                _write_descriptors,
                lambda field: {Distribution(name): value for name, value in (_DESCRIPTORS.read(field) or {}).items()},
                _DESCRIPTORS.schema,
            ),
        ),
        Key(
            "calibrated_on",
            or_none(TEXT),
            "What the probabilities were calibrated on; null where nothing says so.",
        ),
        Key(
            "margin",
            or_none(_SHARE),
            "The largest probability minus the second; null where there are none.",
        ),
        Key("reasons", TEXTS, "Why this label, in sentences."),
        Key("evidence", figures(EVIDENCE_DECIMALS, has_counts=True), _LOOKED_AT),
    ).also(
        **{
            "if": {"properties": {"label": {"const": "indeterminate"}}},
            "then": {"properties": {"between": {"minItems": 2}}},
            "else": {"properties": {"between": {"maxItems": 0}}},
        }
    ),
)

MORPHOLOGY: Final = or_none(
    named(
        "morphology",
        "What kind of calcification it looks like: a candidate with what speaks for it.",
        record(
            MorphologyCall,
            Key("label", _KIND),
            Key(
                "probabilities",
                Form(
                    _write_kinds,
                    _read_kinds,
                    lambda definitions: {
                        "type": "object",
                        "propertyNames": _KIND.schema(definitions),
                        "additionalProperties": _SHARE.schema(definitions),
                    },
                ),
                "One probability for each kind that comes into question; they sum to 1.",
            ),
            Key(
                "calibrated_on",
                or_none(TEXT),
                "What the probabilities were calibrated on; null where they are shares of a table that nothing "
                "calibrated.",
            ),
            Key("reasons", TEXTS, "Why this label, with the measured numbers and the limits."),
            Key("evidence", figures(EVIDENCE_DECIMALS, has_counts=False), _LOOKED_AT),
        ),
    )
)
