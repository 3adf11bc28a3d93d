"""What a person would read at an address: title and text as inert characters. Nothing is run or loaded."""

import codecs
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

_SILENT = {"script", "style", "noscript", "template", "svg", "head", "iframe", "object", "select", "textarea"}
_BLOCKS = {
    "p",
    "div",
    "br",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "td",
    "th",
    "dd",
}
_VOID = {"br", "hr", "img", "input", "meta", "link", "source", "track", "wbr", "area", "base", "col", "embed"}
_MEDIA = {"video", "audio", "iframe", "embed", "object", "img", "canvas", "picture", "svg"}
_CHARSETS = re.compile(
    r"utf-8|utf-16(-[lb]e)?|ascii|iso8859-\d+|cp125\d|koi8-[ru]|shift_jis|euc_\w+|gb\w+|big5|mac-\w+"
)
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,30})", re.IGNORECASE)
_SLICE = 8 * 1024
_UNREAD = 64 * 1024
"""Letters that the parser may hold back: beyond them it would look at the same text again and again."""


@dataclass(frozen=True, slots=True)
class Page:
    """Title, description and text (cut to a limit, `characters` counts all of it, about); how many password
    fields, media elements and scripts there are; whether the whole page was parsed."""

    title: str = ""
    description: str = ""
    text: str = ""
    characters: int = 0
    password_fields: int = 0
    media: int = 0
    scripts: int = 0
    whole: bool = True


def inert(text: str) -> str:
    """Text without control, formatting and private characters, each run of blanks one."""
    kept = "".join(
        letter if letter in "\n\t " or unicodedata.category(letter)[0] != "C" else " " for letter in text
    )
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)


def decode(body: bytes, content_type: str) -> str:
    """Bytes as text in the charset that the header or the page names; what does not fit is replaced."""
    named = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,30})", content_type, re.IGNORECASE)
    declared = _DECLARED.search(body[:2048])
    name = named[1] if named else declared[1].decode("ascii") if declared else "utf-8"
    return body.decode(_charset(name), errors="replace").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def _charset(name: str) -> str:
    """A codec for text of the web; others (and those that only look like text) become UTF-8."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    return known if _CHARSETS.fullmatch(known) else "utf-8"


def read_page(
    text: str, *, characters: int, seconds: float = 2.0, clock: Callable[[], float] = time.monotonic
) -> Page:
    """A page of HTML as text, in at most about `seconds` of parsing."""
    parser = _Parser(characters)
    until = clock() + seconds
    whole = True
    for start in range(0, len(text), _SLICE):
        parser.feed(text[start : start + _SLICE])
        if clock() > until or len(parser.rawdata) > _UNREAD:
            whole = False
            break
    return parser.page(whole=whole)


def plain_page(text: str, *, characters: int) -> Page:
    """A text file as a page without a title."""
    clean = inert(text)
    return Page(text=clean[:characters], characters=len(clean))


class _Parser(HTMLParser):
    """Collects what is shown; elements that show nothing are skipped with all that is in them."""

    def __init__(self, characters: int) -> None:
        super().__init__(convert_charrefs=True)
        self._most = characters * 8
        self._pieces: list[str] = []
        self._size = 0
        self._title: list[str] = []
        self._silent: list[str] = []
        self._in_title = False
        self._named: dict[str, str] = {}
        self._counts = {"password": 0, "media": 0, "script": 0}
        self._characters = characters

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "body":
            self._silent.clear()
        elif tag == "title" and "svg" not in self._silent:
            self._in_title = True
        elif tag == "meta":
            self._meta(values)
        elif tag == "input" and values.get("type", "").lower() == "password":
            self._counts["password"] += 1
        elif tag == "script":
            self._counts["script"] += 1
        if tag in _MEDIA:
            self._counts["media"] += 1
        if tag in _SILENT and tag not in _VOID and len(self._silent) < 50:
            self._silent.append(tag)
        elif tag in _BLOCKS:
            self._say("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self._say("\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            if sum(map(len, self._title)) < 1000:
                self._title.append(data)
        elif not self._silent:
            self._say(data)

    def _say(self, data: str) -> None:
        self._size += len(data)
        if self._size <= self._most + len(data):
            self._pieces.append(data)

    def _meta(self, values: dict[str, str]) -> None:
        name = (values.get("property") or values.get("name") or "").lower()
        if name in {"og:title", "og:description", "description", "og:video", "og:video:url", "og:type"}:
            self._named.setdefault(name, values.get("content", "")[:1000])

    def page(self, *, whole: bool) -> Page:
        """What was collected."""
        text = inert("".join(self._pieces))
        named = self._named
        videos = sum(name.startswith("og:video") for name in named)
        shown = len(text) if self._size <= self._most else max(len(text), self._size)
        return Page(
            title=one_line("".join(self._title)) or one_line(named.get("og:title", "")),
            description=one_line(named.get("og:description") or named.get("description", "")),
            text=text[: self._characters],
            characters=shown,
            password_fields=self._counts["password"],
            media=self._counts["media"] + videos,
            scripts=self._counts["script"],
            whole=whole,
        )


def one_line(text: str, most: int = 300) -> str:
    """Inert text on one line, cut."""
    return " ".join(inert(text[: most * 4]).split())[:most]
