"""What publications found among findings of a cluster's distribution, told as what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.rendering.details.markup import Html, element, listing, together

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = ("Series", "Whose findings", "Described as", "Of these", "Malignant")


def published_evidence(association: Mapping[str, Any] | None) -> Html:
    """
    Tell the published association of a cluster: range, series, populations, sizes and sources.

    Parameters
    ----------
    association : mapping or None
        ``published_association`` of a cluster of a result.

    Returns
    -------
    Html
        Closed until it is opened, with the range and what it is not in sight;
        where there is none, a sentence that says so.
    """
    if association is None:
        text = "No published evidence is given, for the cluster has no single descriptor."
        return element("p", text, class_="dim")
    studies = association["studies"]
    descriptor = association["descriptor"]
    range_words = _range(association["malignant_share_range"])
    title = f"Published research on “{descriptor}”"
    figures = f"{range_words} malignant in {_series(len(studies))}, {_n(association['n'])}"
    rows = [
        element(
            "tr",
            element("th", f"{study['study']}, {_n(study['n'])}", scope="row"),
            element("td", study["population"]),
            element("td", study["described_as"]),
            element("td", "not told" if study["n_described"] is None else f"{study['n_described']:,}"),
            element("td", _share(study["malignant_share"])),
        )
        for study in studies
    ]
    head = element("tr", *(element("th", name, scope="col") for name in _HEAD))
    table = element("table", element("thead", head), element("tbody", *rows))
    inside = together(
        element("p", f"{association['population'].capitalize()}."),
        element("div", table, class_="wide", tabindex="0", role="region", aria_label=f"Series on {descriptor}"),
        _collection(association["collection"]),
        element("h5", "Sources"),
        listing([*association["source"].split("; "), association["collection"]["source"]], "sources"),
    )
    summary = element("summary", element("span", title, class_="name"), element("span", figures, class_="figures"))
    caution = f"Research evidence on groups of findings; not a predictive value. {association['meaning']}"
    return element(
        "div", element("details", summary, inside), element("p", caution, class_="caution"), class_="evidence"
    )


def _collection(count: Mapping[str, Any]) -> Html:
    if count["malignant_share"] is None:
        return Html()
    interval = count["interval"]
    within = "" if interval is None else f" (95 % interval by woman {_range(interval)})"
    text = (
        f"Counted in {count['name']}, and no part of the range: {count['malignant']} of {count['lesions']} lesions in "
        f"{count['women']} women were malignant, {_share(count['malignant_share'])}{within}: {count['meaning']}."
    )
    return element("p", text)


def _range(pair: list[float]) -> str:
    low, high = pair
    return _share(low) if low == high else f"{100 * low:.3g} to {_share(high)}"


def _share(share: float) -> str:
    return f"{100 * share:.3g}\N{NO-BREAK SPACE}%"


def _n(count: int) -> str:
    return f"n = {count:,}".replace(" ", "\N{NO-BREAK SPACE}")


def _series(count: int) -> str:
    return f"{count} published series" if count != 1 else "one published series"
