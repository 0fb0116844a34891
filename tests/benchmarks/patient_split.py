"""Which patients are tuned on and which are reported on: one split for all benchmarks on real images."""

from __future__ import annotations

import hashlib
from typing import Literal

Half = Literal["tuning", "reporting"]


def half_of(patient_id: str) -> Half:
    """
    Say in which half of the patients one is, by nothing but the Patient ID.

    Parameters
    ----------
    patient_id : str
        As the header has it.

    Returns
    -------
    {"tuning", "reporting"}
        Constants may be set on the patients of `tuning`; what is claimed is
        measured on those of `reporting`.
    """
    digest = hashlib.md5(patient_id.encode(), usedforsecurity=False).digest()
    return "tuning" if digest[-1] % 2 else "reporting"
