"""A canvas of few colours that becomes a PNG (ISO/IEC 15948), by the standard library alone."""

import math
import struct
import zlib
from collections.abc import Sequence

from jobtwin.proofs.baking import PNG, chunk
from jobtwin.web.pictures.letters import HEIGHT, STEP, dots


class Canvas:
    """Width by height dots, each an index into `colours` (hex text); it begins filled with colour 0."""

    def __init__(self, width: int, height: int, colours: Sequence[str]) -> None:
        self.width, self.height, self.colours = width, height, tuple(colours)
        self._rows = [bytearray(width) for _ in range(height)]

    def box(self, x: int, y: int, width: int, height: int, colour: int) -> None:
        """A filled rectangle; what lies outside is not drawn."""
        left, right = max(x, 0), min(x + width, self.width)
        if left < right:
            for row in self._rows[max(y, 0) : max(min(y + height, self.height), 0)]:
                row[left:right] = bytes([colour]) * (right - left)

    def disc(self, x: int, y: int, radius: int, colour: int) -> None:
        """A filled circle around (x, y)."""
        for offset in range(-radius, radius + 1):
            half = math.isqrt(radius * radius - offset * offset)
            self.box(x - half, y + offset, 2 * half + 1, 1, colour)

    def line(self, start: tuple[int, int], end: tuple[int, int], thickness: int, colour: int) -> None:
        """A thick line with round ends."""
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
        for step in range(steps + 1):
            x = start[0] + (end[0] - start[0]) * step // steps
            y = start[1] + (end[1] - start[1]) * step // steps
            self.disc(x, y, thickness // 2, colour)

    def text(self, x: int, y: int, text: str, scale: int, colour: int) -> None:
        """A line of drawable text whose left upper corner is (x, y)."""
        for place, letter in enumerate(text):
            for column, row in dots(letter):
                left = x + (place * STEP + column) * scale
                self.box(left, y + row * scale, scale, scale, colour)

    def centred(self, x: int, y: int, text: str, scale: int, colour: int) -> None:
        """A line of drawable text with its middle at x."""
        self.text(x - (len(text) * STEP - 1) * scale // 2, y, text, scale, colour)

    def png(self) -> bytes:
        """The picture with a palette of 8 bits, compressed."""
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)
        palette = b"".join(bytes.fromhex(colour.removeprefix("#")) for colour in self.colours)
        data = zlib.compress(b"".join(b"\0" + bytes(row) for row in self._rows), 9)
        parts = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", data), (b"IEND", b""))
        return PNG + b"".join(chunk(kind, body) for kind, body in parts)


def line_height(scale: int) -> int:
    """From one line of text to the next."""
    return (HEIGHT + 3) * scale
