"""An evaluation in a few lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mammocalc.rendering.wording import many
from mammocalc.vocabulary.numbers import say_percent

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTED: Final = (0.2, 1.0, 3.0)
"""False marks per image at which the share found is listed by group."""


def say(figure: Mapping[str, Any], digits: int = 3) -> str:
    """
    Write a figure with its interval.

    Examples
    --------
    >>> say({"value": 0.5, "low": 0.41, "high": None, "n": 3})
    '0.500'
    >>> say({"value": 0.5, "low": 0.41, "high": 0.6, "n": 3})
    '0.500 (0.410 to 0.600)'
    """
    if figure["value"] is None:
        return "none"
    text = f"{figure['value']:.{digits}f}"
    if figure["low"] is None or figure["high"] is None:
        return text
    return f"{text} ({figure['low']:.{digits}f} to {figure['high']:.{digits}f})"


def summarise(document: Mapping[str, Any]) -> str:
    """
    Summarise an evaluation: its main figures, one per line, with 95 % intervals in brackets.

    Parameters
    ----------
    document : mapping
        The ``document`` of an `Evaluation`.

    Returns
    -------
    str
        Lines of text, the last one without a line break.
    """
    truth = document["truth"]
    failed = len(truth["not_analysed"])
    lines = [
        f"truth: {truth['kind']}, {many(truth['images'], 'image')}",
        f"  {truth['analysed']} analysed, {failed} skipped or failed, {len(truth['not_in_the_run'])} not in the run",
    ]
    for name, curve in (document["presence"] or {}).items():
        words = name.replace("_", " ")
        lines.append(
            f"presence, {words}: area under the ROC curve {say(curve['area'])}, "
            f"{many(curve['with'], 'image')} with calcifications, {curve['without']} without"
        )
    if document["marks"] is not None:
        lines += _of_marks(document["marks"])
    if document["calcifications"] is not None:
        lines += _of_points(document["calcifications"])
    if document["sizes"] is not None:
        sizes = document["sizes"]["all"]
        low, high = sizes["error_p05_mm"]["value"], sizes["error_p95_mm"]["value"]
        lines.append(f"diameter: bias {say(sizes['bias_mm'])} mm, middle 90 % of errors {low:.3f} to {high:.3f} mm")
    if document["macro_or_micro"] is not None:
        sizes = document["macro_or_micro"]
        right, away = say(sizes["right"]), say(sizes["right_away_from_limit"])
        lines.append(f"macro or micro right: {right}, away from the limit {away}")
    if document["clusters"] is not None:
        lines += _of_clusters(document["clusters"])
    if document["regions"] is not None:
        lines += _of_regions(document["regions"])
    for name, labels in (document["distribution"] or {}).items():
        if labels is not None:
            lines.append(
                f"distribution {name.replace('_', ' ')}: right {say(labels['accuracy'])}, macro F1 "
                f"{say(labels['macro_f1'])}, kappa {say(labels['kappa'])}, always {labels['commonest']} "
                f"{labels['commonest_share']['value']:.3f}"
            )
    lines += _of_words(document.get("words"))
    lines += _of_readers(document.get("readers"))
    lines += _of_pairs(document.get("pairs"))
    return "\n".join(lines)


def _of_pairs(section: Mapping[str, Any] | None) -> list[str]:
    if section is None:
        return []
    confirmed = [
        f"{row['claim'].replace('_', ' ')} of {row['of']}s confirmed by {row['reader']}: {say(row['share'])} of "
        f"{row['share']['n']}"
        for row in section["confirmed"]
    ]
    found = [
        f"links of {row['of']}s that {row['reader']} made or confirmed: {say(row['share'])} of {row['share']['n']} "
        f"found, {row['missed']} missed"
        for row in section["found_links"]
    ]
    return confirmed + found


def _of_words(section: Mapping[str, Any] | None) -> list[str]:
    if section is None:
        return []
    always = f"always {section['always']['word'].replace('_', ' ')}"
    rows = {
        "program": section["program"],
        always: section["always"],
        "program where several have read": section["program_on_images_read_twice"],
        "one reader against the others": section["one_reader_against_the_others"],
    }
    lines = [f"words of {many(len(section['readers']), 'reader')}, {many(section['images'], 'image')}"]
    for name, own in rows.items():
        if own is not None:
            lines.append(
                f"  {name} (n {own['n']}): first word {say(own['first'])}, first or second "
                f"{say(own['first_or_second'])}, mean recall {say(own['mean_recall'])}"
            )
    for entry in section["by_word"]:
        recall, precision = entry["recall"]["value"], entry["precision_first"]["value"]
        words = [
            f"{name} {value:.3f}" for name, value in (("recall", recall), ("precision", precision)) if value is not None
        ]
        lines.append(
            f"  {entry['word'].replace('_', ' ')}: read {entry['read']}, called {entry['called']}, {', '.join(words)}"
        )
    concern = section["linear_or_segmental"]
    first, either = say(concern["first"]), say(concern["first_or_second"])
    lines.append(f"  called linear or segmental: {concern['called']}, so by a reader {first}, first or second {either}")
    return lines


def _of_readers(section: Mapping[str, Any] | None) -> list[str]:
    if section is None:
        return []
    lines = []
    for entry in section["with_program"]:
        kappas = _kappas(entry)
        accepted = f"marks accepted {say(entry['marks_accepted'])}, {entry['added']} added"
        lines.append(f"reader {entry['reader']} ({many(entry['images'], 'image')}) and the program: {kappas}{accepted}")
    return lines + [
        f"readers {' and '.join(entry['readers'])}: {_kappas(entry).removesuffix(', ')}" for entry in section["between"]
    ]


def _kappas(entry: Mapping[str, Any]) -> str:
    names = [name for name in ("distribution", "presence", "marks") if entry.get(name) is not None]
    return "".join(f"kappa of {name} {say(entry[name]['kappa'])}, " for name in names)


def _of_marks(marks: Mapping[str, Any]) -> list[str]:
    mean, median = say(marks["marks_on_without_mean"], 2), say(marks["marks_on_without_median"], 1)
    marked = f"images with calcifications that have a mark: {say(marks['with_marked'])}"
    lines = [f"marks per image without calcifications: mean {mean}, median {median}; {marked}"]
    for entry in marks["at_shares"]:
        if entry["threshold"] is not None:
            mean, median = say(entry["marks_on_without_mean"], 2), entry["marks_on_without_median"]
            where = f"where {say_percent(entry['share'])} of the images with calcifications have one"
            lines.append(f"  {where} (score {entry['threshold']:.3f}): mean {mean}, median {median:g}")
    return lines


def _of_points(section: Mapping[str, Any]) -> list[str]:
    point = section["at_operating_point"]
    false, normal = say(point["false_per_image"], 2), say(point["false_per_normal_image"], 2)
    found = f"found {say(point['found'])} of {section['true']}"
    lines = [f"calcifications: {found} at {false} false marks per image, {normal} per image without calcifications"]
    for entry in section["at_rates"].get("per_image", ()):
        reached = "" if entry["is_reached"] else " (at fewer: the run kept no more candidates)"
        lines.append(f"  at {entry['rate']:.2f} false marks per image: found {say(entry['found'])}{reached}")
    for key, groups in section.get("by", {}).items():
        title = "effective ratio" if key == "effective" else key
        for group in groups:
            own = group["at_operating_point"]
            ideal = "" if own["ideal"] is None else f", by an ideal observer {own['ideal']:.3f}"
            at = {entry["rate"]: entry["found"]["value"] for entry in group["at_rates"]}
            listed = ", ".join(f"{at[rate]:.3f} at {rate:g}" for rate in _LISTED if at.get(rate) is not None)
            more = f"; {listed} false marks per image" if listed else ""
            lines.append(f"  {title} {group['group']} (n {group['n']}): found {say(own['found'])}{ideal}{more}")
    return lines


def _of_clusters(section: Mapping[str, Any]) -> list[str]:
    point = section["at_operating_point"]
    found = f"found {say(point['found'])} of {section['true']} (Kallergi {say(point['found_kallergi'])})"
    entries = section["at_rates"].get("per_image", ())
    return [
        f"clusters: {found} at {say(point['false_per_image'], 2)} false clusters per image",
        *(f"  at {entry['rate']:.2f} false clusters per image: found {say(entry['found'])}" for entry in entries),
    ]


def _of_regions(section: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, point in section["at_operating_point"].items():
        found = f"{say(point['found'])} of {section['true']}"
        false = say(point["false_per_normal_image"], 2)
        lines.append(f"regions hit by {name.replace('_', ' ')}: {found} at {false} false per normal image")
        entries = [entry for entry in section["at_rates"].get(name, ()) if entry["rate"] in {0.5, 1.0, 2.0}]
        lines += [f"  at {entry['rate']:g} false per normal image: {say(entry['found'])}" for entry in entries]
    return lines
