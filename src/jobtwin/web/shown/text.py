"""Text that strangers wrote, made visible: what an eye cannot see is written out.

Escaping is the templates' work. This is against the other trick: characters that reorder, hide or join
text, so that a mentor reads something else than what stands there.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from jobtwin.core.identity import without_names

MAX_SHOWN = 4_000

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


_NAMES: ContextVar[tuple[str, ...]] = ContextVar("names", default=())


@contextmanager
def hiding(names: tuple[str, ...]) -> Iterator[None]:
    """Takes these names out of every stranger's text that is shown inside the block."""
    token = _NAMES.set(names)
    try:
        yield
    finally:
        _NAMES.reset(token)


def visible(text: str) -> str:
    """The text with every control, direction and zero-width character written as `[U+202E]`.

    Tab and newline stay; so do joiners' neighbours, which may tear an emoji apart: this is evidence.
    Inside `hiding`, names are taken out as well.
    """
    return nameless(_UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text))


def nameless(text: str) -> str:
    """The text without the names of `hiding`, before it is torn into pieces that hide them."""
    return without_names(text, _NAMES.get())


def shortened(text: str, limit: int = MAX_SHOWN) -> str:
    """At most `limit` characters, with a word on what was left out."""
    return text if len(text) <= limit else f"{text[:limit]} … ({len(text) - limit} more characters)"


def one_line(text: str, limit: int = 300) -> str:
    """Visible text in one line without combining towers, for names and paths."""
    flat = unicodedata.normalize("NFC", visible(text.replace("\n", "[U+000A]").replace("\t", "[U+0009]")))
    return shortened(flat, limit)
