"""Plots: lines, bands, dots and grids as shapes of SVG, which the page's template writes and its style colours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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
    """A marked point, with its vertical interval if known."""

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


@dataclass(frozen=True, slots=True)
class Shape:
    """An element of SVG: ``look`` is its class in the page's style, ``words`` are drawn, a ``tooltip`` is not."""

    tag: str
    look: str
    attributes: Mapping[str, object]
    words: str | int = ""
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot with its key: entries of a name, a look and ``stroke``, ``dash`` or ``disc``; the title is read aloud."""

    title: str
    width: float
    height: float
    shapes: Sequence[Shape]
    key: Sequence[tuple[str, str, str]] = ()
    heading: str = ""


SHARE_TICKS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
LOG_TICKS: Final = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)


def nice_ticks(low: float, high: float) -> tuple[float, ...]:
    """
    Choose about six round numbers between two ends.

    Examples
    --------
    >>> nice_ticks(0.0, 1.0)
    (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    """
    raw = (high - low) / 6
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
) -> Drawing:
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
    """

    def at(point_x: float, point_y: float) -> tuple[float, float]:
        across = _LEFT + x.share(point_x) * (WIDTH - _LEFT - _RIGHT)
        down = HEIGHT - _BOTTOM - y.share(point_y) * (HEIGHT - _TOP - _BOTTOM)
        return round(across, 1), round(down, 1)

    shapes = [*_axes(x, y, at)]
    if band:
        upper = [at(place, high) for place, _, high in band]
        lower = [at(place, low) for place, low, _ in reversed(band)]
        shapes.append(Shape("polygon", "band", {"points": _join([*upper, *lower])}))
    for across, down in (at(*point) for point in cloud):
        shapes.append(Shape("circle", "speck", {"cx": across, "cy": down, "r": 1.8}))
    for line in lines:
        points = [at(*value) for value in line.values]
        look = f"line {line.look}{' dashed' if line.is_dashed else ''}"
        shapes.append(Shape("polyline", look, {"points": _join(_stepped(points) if line.is_step else points)}))
    for dot in dots:
        across, down = at(dot.x, dot.y)
        if dot.low is not None and dot.high is not None:
            top, bottom = at(dot.x, dot.high)[1], at(dot.x, dot.low)[1]
            shapes.append(Shape("path", f"whisker {dot.look}", {"d": f"M{across} {top}V{bottom}"}))
        place, tooltip = {"cx": across, "cy": down, "r": 5.5}, f"{dot.name}: {dot.x:.3g}, {dot.y:.3g}"
        shapes.append(Shape("circle", f"dot {dot.look}", place, tooltip=tooltip))
    key = [(line.name, line.look, "dash" if line.is_dashed else "stroke") for line in lines if line.name]
    key += [(dot.name, dot.look, "disc") for dot in dots]
    return Drawing(title, WIDTH, HEIGHT, shapes, key)


def _axes(x: Axis, y: Axis, at: Callable[[float, float], tuple[float, float]]) -> Iterable[Shape]:
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    for tick in (tick for tick in y.ticks if y.low <= tick <= y.high):
        down = at(x.low, tick)[1]
        yield Shape("path", "grid", {"d": f"M{_LEFT} {down}H{right}"})
        yield Shape("text", "tick end", {"x": _LEFT - 8, "y": down + 4}, _number(tick))
    for tick in (tick for tick in x.ticks if x.low <= tick <= x.high):
        across = at(tick, y.low)[0]
        yield Shape("path", "grid", {"d": f"M{across} {_TOP}V{bottom}"})
        yield Shape("text", "tick middle", {"x": across, "y": bottom + 18}, _number(tick))
    yield Shape("path", "axis", {"d": f"M{_LEFT} {_TOP}V{bottom}H{right}"})
    yield Shape("text", "label middle", {"x": (_LEFT + right) / 2, "y": HEIGHT - 8}, x.title)
    turned = f"translate(15 {(_TOP + bottom) / 2}) rotate(-90)"
    yield Shape("text", "label middle", {"transform": turned}, y.title)


def dot_rows(title: str, axis_title: str, rows: Sequence[tuple[str, Sequence[Dot]]]) -> Drawing:
    """
    Draw figures with intervals below each other, each row with its name; ``x`` of a dot is its share, 0 to 1.

    Dots called the same share one look and one entry of the key.
    """
    longest = max((len(name) for name, _ in rows), default=0)
    left, right = max(170, 24 + 7 * longest), WIDTH - 24
    bottom = 12 + _ROW * len(rows)
    shapes = []
    for tick in SHARE_TICKS:
        across = left + tick * (right - left)
        shapes.append(Shape("path", "grid", {"d": f"M{across:.1f} 6V{bottom}"}))
        shapes.append(Shape("text", "tick middle", {"x": f"{across:.1f}", "y": bottom + 18}, _number(tick)))
    for number, (name, dots) in enumerate(rows):
        middle = 12 + _ROW * (number + 0.5)
        shapes.append(Shape("text", "name end", {"x": left - 12, "y": f"{middle + 4:.1f}"}, name))
        for position, dot in enumerate(dots):
            down = middle + (position - (len(dots) - 1) / 2) * 8
            across = left + dot.x * (right - left)
            if dot.low is not None and dot.high is not None:
                start, end = (left + value * (right - left) for value in (dot.low, dot.high))
                shapes.append(Shape("path", f"whisker {dot.look}", {"d": f"M{start:.1f} {down:.1f}H{end:.1f}"}))
            place = {"cx": f"{across:.1f}", "cy": f"{down:.1f}", "r": 4}
            shapes.append(Shape("circle", f"dot {dot.look}", place, tooltip=f"{name}, {dot.name}: {dot.x:.3f}"))
    shapes.append(Shape("text", "label middle", {"x": (left + right) / 2, "y": bottom + 40}, axis_title))
    key = list(dict.fromkeys((dot.name, dot.look, "disc") for _, dots in rows for dot in dots))
    return Drawing(title, WIDTH, bottom + 48, shapes, key, heading=title)


def grid(title: str, labels: Sequence[str], counts: Sequence[Sequence[int]], heading: str = "") -> Drawing:
    """Draw a confusion matrix: rows are true, columns are found; the diagonal is right."""
    cell = min(64, (WIDTH - 130) // max(len(labels), 1))
    left, top = 124, 74
    size = cell * len(labels)
    shapes = []
    for row, label in enumerate(labels):
        total = max(sum(counts[row]), 1)
        down = top + row * cell
        shapes.append(Shape("text", "name end", {"x": left - 10, "y": down + cell / 2 + 4}, label))
        turned = f"translate({left + row * cell + cell / 2 - 4} {top - 8}) rotate(-32)"
        shapes.append(Shape("text", "name", {"transform": turned}, label))
        for column, count in enumerate(counts[row]):
            across = left + column * cell
            share = round(count / total, 2)
            square = {"x": across, "y": down, "width": cell - 2, "height": cell - 2, "rx": 3}
            shapes.append(Shape("rect", "cell", square))
            if count:
                look = "right" if row == column else "wrong"
                shapes.append(Shape("rect", look, {"opacity": f"{0.12 + 0.78 * share:.2f}", **square}))
                strong = " strong" if share > 0.55 else ""
                middle = {"x": across + cell / 2 - 1, "y": down + cell / 2 + 4}
                shapes.append(Shape("text", f"count middle{strong}", middle, count))
    caption = Shape("text", "label", {"x": left, "y": top + size + 18}, "rows: true, columns: found")
    return Drawing(title, max(left + size + 96, 330), top + size + 28, [*shapes, caption], heading=heading)


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
