"""Pictures of a submission: raster formats by their first bytes, never by their names.

A picture is sent as it is, under a policy that lets it do nothing (`web.pages.evidence`). SVG and HTML
are documents, not pictures, and are shown as text. What a browser would have to unpack is bounded here.
"""

import struct
from dataclasses import dataclass

MAX_PICTURE_BYTES = 5 * 1024 * 1024
MAX_DOTS = 40_000_000
"""Width times height: 160 MB when unpacked."""

_SIZES = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
"""JPEG markers of frames, which carry the size."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture's media type and its size in dots."""

    media_type: str
    width: int
    height: int


def raster_of(content: bytes) -> Raster | None:
    """The picture that these bytes begin as, or None: no raster format, no size, or more than the limits."""
    if len(content) > MAX_PICTURE_BYTES:
        return None
    try:
        found = _png(content) or _gif(content) or _webp(content) or _jpeg(content)
    except (struct.error, IndexError):
        return None
    return found if found and 0 < found.width * found.height <= MAX_DOTS else None


def _png(content: bytes) -> Raster | None:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR":
        return None
    return Raster("image/png", *struct.unpack(">II", content[16:24]))


def _gif(content: bytes) -> Raster | None:
    if content[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    return Raster("image/gif", *struct.unpack("<HH", content[6:10]))


def _webp(content: bytes) -> Raster | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        bits = struct.unpack("<I", content[21:25])[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (one & 0x3FFF for one in struct.unpack("<HH", content[26:30]))
    else:
        return None
    return Raster("image/webp", width, height)


def _jpeg(content: bytes) -> Raster | None:
    if content[:2] != b"\xff\xd8":
        return None
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Raster("image/jpeg", width, height)
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        else:
            at += 2 + max(2, struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None
