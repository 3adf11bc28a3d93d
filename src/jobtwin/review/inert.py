"""Inert text: bytes of a submission as they may be shown. Escaped, cut to size, nothing invisible left."""

import html
import unicodedata

MAX_SHOWN_LINE = 240
MAX_SHOWN_LINES = 14


def inert(text: str, *, most: int = MAX_SHOWN_LINE) -> str:
    """Text for HTML: escaped, at most `most` characters, controls and hidden characters as ⟨U+202E⟩."""
    cut = text[:most]
    shown = cut if cut.isascii() and cut.isprintable() else "".join(map(_visible, cut))
    return html.escape(shown, quote=True) + ("…" if len(text) > most else "")


def _visible(character: str) -> str:
    if character == "\t":
        return "    "
    if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}:
        return f"⟨U+{ord(character):04X}⟩"
    return character
