"""Curves without a plotting library: an SVG file, and a line of block characters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

BLOCKS = "▁▂▃▄▅▆▇█"
COLOURS = ("#1f6feb", "#bf8700", "#2da44e", "#cf222e", "#8250df")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 64, 20, 50, 46
LETTER = 6.2  # width of one in the legend, about
FEW = 12  # points of a curve that are marked one by one

Curve = Sequence[tuple[float, float]]


def sparkline(values: Sequence[float], width: int = 60) -> str:
    """The values from low ▁ to high █, averaged to `width` characters at most; "×": not finite."""
    if not values:
        return ""
    count = min(width, len(values))
    ends = [round(n * len(values) / count) for n in range(count + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(ends)]
    finite = [value for value in means if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    step = (high - low) / (len(BLOCKS) - 1) or 1.0
    return "".join(BLOCKS[round((v - low) / step)] if math.isfinite(v) else "×" for v in means)


def svg(
    title: str,
    x: str,
    y: str,
    curves: Mapping[str, Curve],
    levels: Mapping[str, float],
    *,
    marks: Mapping[float, str] | None = None,
) -> str:
    """An SVG picture of named curves, and of levels as dashed lines whose names stand where the
    fewest curves pass; x and y are the axes' names.

    `marks` are places on the x axis with what stands there, by default about five round numbers.
    Points that are not finite are left out. Raises ValueError when there is no point at all.
    """
    drawn = {n: [p for p in c if all(map(math.isfinite, p))] for n, c in curves.items()}
    points = [point for curve in drawn.values() for point in curve]
    if not points:
        raise ValueError("nothing to draw")
    xs, ys = [p[0] for p in points], [p[1] for p in points] + list(levels.values())
    x_low, x_high = min(xs), max(xs) if max(xs) > min(xs) else min(xs) + 1
    y_low, y_high = min(ys), max(ys) if max(ys) > min(ys) else min(ys) + 1

    def across(value: float) -> float:
        return LEFT + (value - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)

    def down(value: float) -> float:
        return TOP + (y_high - value) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)

    middle, floor, end = (LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [_text(middle, 18, title, "middle", size=15), _text(middle, HEIGHT - 8, x, "middle")]
    parts.append(_text(16, (TOP + floor) / 2, y, "middle", upright=True))
    for value in _ticks(y_low, y_high):
        parts.append(_line(LEFT, down(value), end, down(value), "#d0d7de"))
        parts.append(_text(LEFT - 6, down(value) + 4, f"{value:g}", "end"))
    for value, name in (marks or {v: f"{v:g}" for v in _ticks(x_low, x_high)}).items():
        parts.append(_text(across(value), floor + 18, name, "middle"))
    place = float(LEFT)
    for n, (name, curve) in enumerate(drawn.items()):
        colour = COLOURS[n % len(COLOURS)]
        path = " ".join(f"{across(a):.1f},{down(b):.1f}" for a, b in curve)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for a, b in curve if len(curve) <= FEW else ():
            parts.append(f'<circle cx="{across(a):.1f}" cy="{down(b):.1f}" r="3" fill="{colour}"/>')
        parts.append(_line(place, TOP - 16, place + 16, TOP - 16, colour, width=3))
        parts.append(_text(place + 22, TOP - 12, name, "start"))
        place += 42 + LETTER * len(name)
    spots = [(across(a), down(b)) for curve in drawn.values() for a, b in _dense(curve)]
    for name, level in levels.items():
        parts.append(_line(LEFT, down(level), end, down(level), "#57606a", dashed=True))
        words, height = f"{name} {level:.2f}", down(level)
        width = LETTER * len(words)
        places = [(right, at) for right in (end, middle, LEFT + width) for at in (-5, 14)]
        right, at = min(
            places,
            key=lambda p: sum(
                p[0] - width - 8 <= a <= p[0] + 8 and height + p[1] - 16 <= b <= height + p[1] + 6
                for a, b in spots
            ),
        )
        parts.append(_text(right, height + at, words, "end"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([head, ground, *parts, "</svg>"]) + "\n"


def _dense(curve: Curve) -> list[tuple[float, float]]:
    """Points all along a curve, ten from each to the next."""
    pairs = [(a, b, c, d, n / 10) for (a, b), (c, d) in pairwise(curve) for n in range(11)]
    return [(a + (c - a) * t, b + (d - b) * t) for a, b, c, d, t in pairs] or list(curve)


def _ticks(low: float, high: float) -> list[float]:
    """About five round numbers from low to high."""
    rough = (high - low) / 5
    power: float = 10.0 ** math.floor(math.log10(rough))
    step = min((power * k for k in (1, 2, 5, 10)), key=lambda s: abs(s - rough))
    first = math.ceil(low / step)
    return [round(n * step, 10) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _line(
    x: float,
    y: float,
    x2: float,
    y2: float,
    colour: str,
    *,
    dashed: bool = False,
    width: int = 1,
) -> str:
    style = f'stroke="{colour}" stroke-width="{width}"' + ' stroke-dasharray="6 4"' * dashed
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {style}/>'


def _text(
    x: float, y: float, words: str, anchor: str, *, size: int = 12, upright: bool = False
) -> str:
    """Dark on a white rim, so that it can be read where a curve passes."""
    style = f'font-family="sans-serif" font-size="{size}" fill="#24292f"'
    rim = 'stroke="white" stroke-width="3" paint-order="stroke"'
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    turned = f' transform="rotate(-90 {x:.1f} {y:.1f})"' * upright
    return f"<text {place} {style} {rim}{turned}>{escape(words)}</text>"
