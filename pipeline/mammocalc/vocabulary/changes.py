"""Words for changes of calcifications and clusters between two dates, with their sentences."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Change(StrEnum):
    """What became of a calcification or a cluster; evidence, and no diagnosis."""

    MATCHED = "matched"
    GROWN = "grown"
    SMALLER = "smaller"
    NEW = "new"
    NEW_FAINT = "new_faint"
    GONE = "gone"
    NOT_COMPARABLE = "not_comparable"


CHANGE_SENTENCES: Final[Mapping[Change, str]] = MappingProxyType(
    {
        Change.MATCHED: "On both dates, without a change beyond what another positioning alone does.",
        Change.GROWN: "On both dates, and larger than another positioning explains.",
        Change.SMALLER: "On both dates, and smaller than another positioning explains.",
        Change.NEW: "Not on the prior: its pixels were looked at again there, and hold nothing or far fewer like it.",
        Change.NEW_FAINT: "Not reported on the prior, and it cannot be said that it was not there.",
        Change.GONE: "On the prior alone: the current pixels, looked at again, hold nothing or far fewer like it.",
        Change.NOT_COMPARABLE: "Its place on the other date is not known, or nothing can be said of it.",
    }
)

ON_BOTH_DATES: Final = frozenset({Change.MATCHED, Change.GROWN, Change.SMALLER})
"""Words of what was joined."""

STABILITY_NOTICE: Final = (
    "Unchanged is not benign: of 105 malignant calcifications with priors 24.8 % were stable, for 8 to 63 months "
    "(study 'Stability of malignant breast microcalcifications')."
)
"""Stands wherever something is said to be without a change."""
