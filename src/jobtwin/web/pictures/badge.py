"""The badge of a credential as SVG and PNG, and the card beside a shared address."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from jobtwin.web.pictures.canvas import Canvas, line_height
from jobtwin.web.pictures.letters import drawable, wrapped

PAPER, INK, BLUE, WHITE, GREEN, RED, PALE = range(7)
COLOURS = ("#fbfaf7", "#1b1f27", "#1f4fa8", "#ffffff", "#1c6b3a", "#a3271d", "#dbe6fb")
SIZE = 512
CARD = (1200, 630)
"""What pages that show a shared address expect of `og:image`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a picture says: the exam's title, a word for the state and whether it is good, lines below."""

    title: str
    state: str
    good: bool
    lines: tuple[str, ...] = ()


def badge_png(shown: Shown) -> bytes:
    """The badge as a PNG of SIZE by SIZE dots."""
    canvas = Canvas(SIZE, SIZE, COLOURS)
    _medal(canvas, SIZE // 2, 190, 160, good=shown.good)
    lines = wrapped(shown.title, 24, 2)
    for place, line in enumerate(lines):
        canvas.centred(SIZE // 2, 385 + place * line_height(3), line, 3, INK)
    canvas.centred(SIZE // 2, 455, drawable(f"Job Twin - {shown.state}"), 3, GREEN if shown.good else RED)
    return canvas.png()


def badge_svg(shown: Shown) -> str:
    """The badge as an SVG; titles are escaped."""
    colour = COLOURS[BLUE] if shown.good else COLOURS[RED]
    mark = "M180 195 L235 250 L335 135" if shown.good else "M195 130 L317 252 M317 130 L195 252"
    state = COLOURS[GREEN] if shown.good else COLOURS[RED]
    lines = _short(shown.title)
    text = "".join(
        f'<text x="256" y="{405 + place * 30}" font-size="24" font-weight="600">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" role="img">'
        f"<title>{escape(shown.title)}: {escape(shown.state)}</title>"
        f'<rect width="{SIZE}" height="{SIZE}" fill="{COLOURS[PAPER]}"/>'
        f'<circle cx="256" cy="190" r="160" fill="{colour}"/>'
        f'<circle cx="256" cy="190" r="138" fill="none" stroke="{COLOURS[WHITE]}" stroke-width="8"/>'
        f'<path d="{mark}" fill="none" stroke="{COLOURS[WHITE]}" stroke-width="34" stroke-linecap="round"/>'
        f'<g font-family="sans-serif" text-anchor="middle" fill="{COLOURS[INK]}">{text}'
        f'<text x="256" y="480" font-size="22" fill="{state}">Job Twin · {escape(shown.state)}</text>'
        "</g></svg>\n"
    )


def card_png(shown: Shown) -> bytes:
    """The card: badge at the left, title, state and lines at the right."""
    canvas = Canvas(*CARD, COLOURS)
    canvas.box(0, 0, 24, CARD[1], BLUE if shown.good else RED)
    _medal(canvas, 220, 300, 150, good=shown.good)
    y = 90
    canvas.text(430, y, drawable("Job Twin credential"), 4, BLUE)
    y += line_height(4) + 10
    for line in wrapped(shown.title, 20, 3):
        canvas.text(430, y, line, 6, INK)
        y += line_height(6)
    canvas.text(430, y + 10, drawable(shown.state), 5, GREEN if shown.good else RED)
    y += 10 + line_height(5)
    for text in shown.lines[:5]:
        canvas.text(430, y, wrapped(text, 40, 1)[0], 3, INK)
        y += line_height(3)
    return canvas.png()


def _medal(canvas: Canvas, x: int, y: int, radius: int, *, good: bool) -> None:
    colour = BLUE if good else RED
    canvas.disc(x, y, radius, colour)
    canvas.disc(x, y, radius - 18, WHITE)
    canvas.disc(x, y, radius - 26, colour)
    part = radius // 3
    if good:
        middle = (x - part // 3, y + part)
        canvas.line((x - part - part // 3, y), middle, part // 2, WHITE)
        canvas.line(middle, (x + part + part // 2, y - part), part // 2, WHITE)
    else:
        canvas.line((x - part, y - part), (x + part, y + part), part // 2, WHITE)
        canvas.line((x + part, y - part), (x - part, y + part), part // 2, WHITE)


def _short(title: str) -> list[str]:
    words, lines = title.split(), [""]
    for word in words:
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= 34 or not lines[-1]:
            lines[-1] = joined[:34]
        else:
            lines.append(word[:34])
    return lines[:2] if len(lines) <= 2 else [lines[0], f"{lines[1][:31]}…"]
