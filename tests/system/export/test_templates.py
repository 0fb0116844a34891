"""Every CAD SR follows the templates, and the checker that says so finds faults that are planted."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pydicom
import pytest
from planted_faults import ALLOWED, FAULTS
from template_checker import check_report
from template_tables import groups, templates

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

UNASKED = {
    "TID 1204 row 1: CID 5000",  # languages: the group is not listed
    "TID 4004 row 7: only if from a different report than its parent",
    "TID 4006 row 26: only if from a different report than its parent",
    "TID 4006 row 3: only if row 2 is 111151,DCM and row 9 of TID 4017 is present",
    "TID 4020 row 15: volumes",
}
"""What the checker has no words for, so that nobody takes its silence for a pass; these reports have none of it."""


@pytest.fixture(scope="module")
def headers(views: Path) -> dict[str, Dataset]:
    return headers_of(views)


@pytest.fixture(scope="module")
def right(study_objects: Path) -> Dataset:
    """The report as it is; tests work on copies."""
    return report_of(study_objects)


def headers_of(images: Path) -> dict[str, Dataset]:
    found = [pydicom.dcmread(path, stop_before_pixels=True) for path in images.rglob("*.dcm")]
    return {str(header.SOPInstanceUID): header for header in found}


def report_of(objects: Path) -> Dataset:
    [path] = objects.glob("*/cad-sr/*.dcm")
    return pydicom.dcmread(path)


def test_the_report_of_a_study_follows_the_templates(right: Dataset, headers: dict[str, Dataset]) -> None:
    checked = check_report(right, headers)
    assert checked.problems == []
    assert checked.unchecked <= UNASKED


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_is_planted_is_found(name: str, right: Dataset, headers: dict[str, Dataset]) -> None:
    report = deepcopy(right)
    FAULTS[name](report)
    assert report != right
    assert check_report(report, headers).problems != []


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_is_no_fault(name: str, right: Dataset, headers: dict[str, Dataset]) -> None:
    report = deepcopy(right)
    ALLOWED[name](report)
    assert report != right
    assert check_report(report, headers).problems == []


def test_there_are_as_many_faults_as_are_told_and_no_row_stands_in_code() -> None:
    assert (len(FAULTS), len(ALLOWED)) == (33, 1)
    assert len(templates()) > 20
    assert "129766004,SCT" in groups()["6012"]
