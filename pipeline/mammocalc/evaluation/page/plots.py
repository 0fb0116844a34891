"""Plots as SVG: lines, bands, dots and grids, coloured by the style of the page that holds them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WIDTH: Final = 560
HEIGHT: Final = 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 16, 14, 50
_ROW: Final = 30
"""Height of a row of a dot plot."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve; ``look`` is one of the style's colours, ``a`` to ``d``; ``values`` holds (x, y)."""

    name: str
    look: str
    values: Sequence[tuple[float, float]]
    is_step: bool = False
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A marked place, with its interval upwards where it is known."""

    name: str
    look: str
    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """
    One direction of a plot.

    ``low`` and ``high`` are its ends; values beyond are drawn at the ends.
    """

    title: str
    low: float
    high: float
    is_log: bool = False
    ticks: Sequence[float] = ()

    def share(self, value: float) -> float:
        """Say how far along a value lies, 0 to 1."""
        low, high = self.low, self.high
        value = min(max(value, low), high)
        if self.is_log:
            return (math.log10(value) - math.log10(low)) / (math.log10(high) - math.log10(low))
        return (value - low) / (high - low)


SHARE_TICKS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
LOG_TICKS: Final = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)


def nice_ticks(low: float, high: float, count: int = 6) -> tuple[float, ...]:
    """
    Choose round numbers between two ends.

    Examples
    --------
    >>> nice_ticks(0.0, 1.0)
    (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    """
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw - 1e-12)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(round(index * step, 10) for index in range(first, last + 1))


def plot(
    title: str,
    x: Axis,
    y: Axis,
    lines: Sequence[Line] = (),
    dots: Sequence[Dot] = (),
    band: Sequence[tuple[float, float, float]] = (),
    cloud: Sequence[tuple[float, float]] = (),
) -> str:
    """
    Draw curves.

    Parameters
    ----------
    title : str
        Read to those who do not see the plot.
    x, y : Axis
    lines : sequence of Line
    dots : sequence of Dot
    band : sequence of (x, low, high)
        An interval around the first line.
    cloud : sequence of (x, y)
        Many small points.

    Returns
    -------
    str
        An ``svg`` element, and a key below where there are several lines.
    """

    def at(point_x: float, point_y: float) -> tuple[float, float]:
        across = _LEFT + x.share(point_x) * (WIDTH - _LEFT - _RIGHT)
        down = HEIGHT - _BOTTOM - y.share(point_y) * (HEIGHT - _TOP - _BOTTOM)
        return round(across, 1), round(down, 1)

    parts = [*_axes(x, y, at)]
    if band:
        upper = [at(place, high) for place, _, high in band]
        lower = [at(place, low) for place, low, _ in reversed(band)]
        parts.append(f'<polygon class="band" points="{_join([*upper, *lower])}"/>')
    parts += [f'<circle class="speck" cx="{a}" cy="{b}" r="1.8"/>' for a, b in (at(*point) for point in cloud)]
    for line in lines:
        points = _stepped([at(*value) for value in line.values]) if line.is_step else [at(*v) for v in line.values]
        dashed = " dashed" if line.is_dashed else ""
        parts.append(f'<polyline class="line {line.look}{dashed}" points="{_join(points)}"/>')
    for dot in dots:
        across, down = at(dot.x, dot.y)
        if dot.low is not None and dot.high is not None:
            top, bottom = at(dot.x, dot.high)[1], at(dot.x, dot.low)[1]
            parts.append(f'<path class="whisker {dot.look}" d="M{across} {top}V{bottom}"/>')
        label = f"<title>{escape(dot.name)}: {dot.x:.3g}, {dot.y:.3g}</title>"
        parts.append(f'<circle class="dot {dot.look}" cx="{across}" cy="{down}" r="5.5">{label}</circle>')
    svg = _svg(WIDTH, HEIGHT, title, parts)
    entries = [(line.name, line.look, "dash" if line.is_dashed else "stroke") for line in lines if line.name]
    entries += [(dot.name, dot.look, "disc") for dot in dots]
    return svg + _key(entries)


def _axes(x: Axis, y: Axis, at: Callable[[float, float], tuple[float, float]]) -> Iterable[str]:
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    for tick in (tick for tick in y.ticks if y.low <= tick <= y.high):
        down = at(x.low, tick)[1]
        yield f'<path class="grid" d="M{_LEFT} {down}H{right}"/>'
        yield f'<text class="tick end" x="{_LEFT - 8}" y="{down + 4}">{_number(tick)}</text>'
    for tick in (tick for tick in x.ticks if x.low <= tick <= x.high):
        across = at(tick, y.low)[0]
        yield f'<path class="grid" d="M{across} {_TOP}V{bottom}"/>'
        yield f'<text class="tick middle" x="{across}" y="{bottom + 18}">{_number(tick)}</text>'
    yield f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>'
    yield f'<text class="label middle" x="{(_LEFT + right) / 2}" y="{HEIGHT - 8}">{escape(x.title)}</text>'
    middle = (_TOP + bottom) / 2
    yield f'<text class="label middle" transform="translate(15 {middle}) rotate(-90)">{escape(y.title)}</text>'


def dot_rows(title: str, axis_title: str, rows: Sequence[tuple[str, Sequence[Dot]]]) -> str:
    """
    Draw figures with intervals below each other, each row with its name; ``x`` of a dot is its share, 0 to 1.

    Dots called the same share one look and one entry of the key.
    """
    left, right = 170, WIDTH - 24
    bottom = 12 + _ROW * len(rows)
    parts = []
    for tick in SHARE_TICKS:
        across = left + tick * (right - left)
        parts.append(f'<path class="grid" d="M{across:.1f} 6V{bottom}"/>')
        parts.append(f'<text class="tick middle" x="{across:.1f}" y="{bottom + 18}">{_number(tick)}</text>')
    for number, (name, dots) in enumerate(rows):
        middle = 12 + _ROW * (number + 0.5)
        parts.append(f'<text class="name end" x="{left - 12}" y="{middle + 4:.1f}">{escape(name)}</text>')
        for place, dot in enumerate(dots):
            down = middle + (place - (len(dots) - 1) / 2) * 8
            across = left + dot.x * (right - left)
            if dot.low is not None and dot.high is not None:
                start, end = (left + value * (right - left) for value in (dot.low, dot.high))
                parts.append(f'<path class="whisker {dot.look}" d="M{start:.1f} {down:.1f}H{end:.1f}"/>')
            label = f"<title>{escape(name)}, {escape(dot.name)}: {dot.x:.3f}</title>"
            parts.append(f'<circle class="dot {dot.look}" cx="{across:.1f}" cy="{down:.1f}" r="4">{label}</circle>')
    parts.append(f'<text class="label middle" x="{(left + right) / 2}" y="{bottom + 40}">{escape(axis_title)}</text>')
    entries = list(dict.fromkeys((dot.name, dot.look, "disc") for _, dots in rows for dot in dots))
    return _svg(WIDTH, bottom + 48, title, parts) + _key(entries)


def grid(title: str, labels: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """Draw a confusion matrix: rows are true, columns are found; the diagonal is right."""
    cell = min(64, (WIDTH - 130) // max(len(labels), 1))
    left, top = 124, 74
    size = cell * len(labels)
    parts = []
    for row, label in enumerate(labels):
        total = max(sum(counts[row]), 1)
        down = top + row * cell
        parts.append(f'<text class="name end" x="{left - 10}" y="{down + cell / 2 + 4}">{escape(label)}</text>')
        place = f"translate({left + row * cell + cell / 2 - 4} {top - 8}) rotate(-32)"
        parts.append(f'<text class="name" transform="{place}">{escape(label)}</text>')
        for column, count in enumerate(counts[row]):
            across = left + column * cell
            look = "right" if row == column else "wrong"
            share = round(count / total, 2)
            parts.append(f'<rect class="cell" x="{across}" y="{down}" width="{cell - 2}" height="{cell - 2}" rx="3"/>')
            if count:
                parts.append(
                    f'<rect class="{look}" opacity="{0.12 + 0.78 * share:.2f}" x="{across}" y="{down}" '
                    f'width="{cell - 2}" height="{cell - 2}" rx="3"/>'
                )
                strong = " strong" if share > 0.55 else ""
                parts.append(
                    f'<text class="count middle{strong}" x="{across + cell / 2 - 1}" '
                    f'y="{down + cell / 2 + 4}">{count}</text>'
                )
    caption = f'<text class="label" x="{left}" y="{top + size + 18}">rows: true, columns: found</text>'
    return _svg(max(left + size + 96, 330), top + size + 28, title, [*parts, caption])


def _svg(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f'<svg role="img" aria-label="{escape(title)}" {size}>{"".join(parts)}</svg>'


def _key(entries: Sequence[tuple[str, str, str]]) -> str:
    if not entries:
        return ""
    shapes = {
        "stroke": '<path class="line {look}" d="M0 6H22"/>',
        "dash": '<path class="line {look} dashed" d="M0 6H22"/>',
        "disc": '<circle class="dot {look}" cx="11" cy="6" r="5"/>',
    }
    items = "".join(
        f'<li><svg viewBox="0 0 22 12" width="22" height="12" aria-hidden="true">'
        f"{shapes[shape].format(look=look)}</svg>{escape(name)}</li>"
        for name, look, shape in entries
    )
    return f'<ul class="key">{items}</ul>'


def _join(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{across:g},{down:g}" for across, down in points)


def _stepped(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Go across first, then up: between two thresholds nothing is found."""
    stepped = list(points[:1])
    for before, here in pairwise(points):
        stepped += [(here[0], before[1]), here]
    return stepped


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "\u2212")
