"""Consistency of a result: ids that exist, and counts that match."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from mammocalc.vocabulary.errors import ResultError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mammocalc.model import Calcification, Cluster, Report, Vessel
    from mammocalc.results.field import Field


def check_ids(report: Report) -> None:
    """
    Check that no id is used twice, and that each referenced id exists.

    Raises
    ------
    ResultError
        With the path of the first that is wrong.
    """
    calcifications = _ids("calcifications", report.calcifications)
    clusters = _ids("clusters", report.clusters)
    vessels = _ids("vessels", report.vessels)
    for place, item in enumerate(report.calcifications):
        path = f"calcifications[{place}]"
        if item.cluster is not None:
            _demand(f"{path}.cluster", item.cluster, clusters)
        if item.vessel is not None:
            _demand(f"{path}.vessel", item.vessel, vessels)
        for number, (cluster, _) in enumerate(item.memberships):
            _demand(f"{path}.memberships[{number}].cluster", cluster, clusters)
    owners = {"clusters": [item.members for item in report.clusters], "vessels": [v.members for v in report.vessels]}
    for name, lists in owners.items():
        for place, members in enumerate(lists):
            for number, member in enumerate(members):
                _demand(f"{name}[{place}].members[{number}]", member, calcifications)


def check_counts(counts: Field, report: Report) -> None:
    """
    Check that the counts of a result match its lists.

    Raises
    ------
    ResultError
        With the path of the first that is wrong.
    """
    listed = report.counts
    for field in fields(listed):
        told, found = counts.at(field.name), getattr(listed, field.name)
        if told.count() != found:
            raise told.error(f"{told.value} are told, but {found} are listed")


def _ids(name: str, items: Sequence[Calcification | Cluster | Vessel]) -> Collection[int]:
    seen: set[int] = set()
    for place, item in enumerate(items):
        if item.number in seen:
            raise ResultError(f"{name}[{place}].id", f"{item.number} is used twice")
        seen.add(item.number)
    return seen


def _demand(path: str, number: int, listed: Collection[int]) -> None:
    if number not in listed:
        raise ResultError(path, f"there is no {number}")
