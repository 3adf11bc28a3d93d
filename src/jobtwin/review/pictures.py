"""Pictures: which line of which document shows one, the front page first."""

import posixpath
import re
from collections.abc import Iterator

from jobtwin.core.draft_review import Finding
from jobtwin.core.evidence import Span
from jobtwin.review.files import Files
from jobtwin.review.kinds import is_document
from jobtwin.review.results import ProbeResult, cut, some
from jobtwin.review.substance import MAX_LINE, blank_html_comments

_PICTURE = re.compile(r"[\w./%@+-]{1,200}\.(?:png|jpe?g|gif|webp|svg|mp4|webm|cast)\b", re.IGNORECASE)
_REMOTE = re.compile(
    r"(?:!\[[^\]]{0,300}\]\(|<(?:img|video|source)\b[^>]{0,300}\bsrc=[\"']?)\s*(https?://[^\s\"'<>)]{1,500})|"
    r"(https?://(?:www\.)?(?:youtube\.com/watch|youtu\.be/|vimeo\.com/|loom\.com/share/|asciinema\.org/a/)[\w?=&./-]{1,200})",
    re.IGNORECASE,
)
_BADGE = re.compile(
    r"badge|shields\.io|codecov|coveralls|/actions/workflows/|star-history|herokucdn|"
    r"deploy-?button|contrib\.rocks|visitor|hits\.",
    re.IGNORECASE,
)
_DRAWING = re.compile(
    r"^\s{0,3}(?:```|~~~)\s*\{?(?:mermaid|plantuml|dot|graphviz|d2)\b|^@startuml\b", re.IGNORECASE
)
_JOINED = re.compile(r"[-=.~]{1,3}[-=>|o*x]|<[-|]|\S\s*:\s*\S|\{")
MIN_DRAWN_LINES = 3
MIN_JOINED_LINES = 2
"""Lines of a diagram that join or label something."""
MIN_PIXELS = 64
_HEADS = {
    "png": b"\x89PNG\r\n\x1a\n",
    "gif": b"GIF8",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "webp": b"RIFF",
}
LONGEST_DRAWING = 200


def shown_in(files: Files) -> dict[str, Span]:
    """Lines of documents by the picture file that they name, the first of each."""
    found: dict[str, Span] = {}
    for path, number, line in _document_lines(files):
        for name in _PICTURE.findall(line):
            target = files.unique_end(posixpath.normpath(name).lstrip("./"))
            if target is not None:
                found.setdefault(target, Span(path, number, number))
    return found


def looks_like_a_picture(path: str, content: bytes) -> bool:
    """False where the bytes are not those of the kind that the name says, or show next to nothing."""
    head = _HEADS.get(path.rpartition(".")[2].lower())
    if head is None:
        return True
    if not content.startswith(head):
        return False
    sides = [content[16:20], content[20:24]] if head[1:4] == b"PNG" else []
    sides = [content[7:5:-1], content[9:7:-1]] if head == b"GIF8" else sides
    return all(int.from_bytes(side, "big") >= MIN_PIXELS for side in sides)


def drawn(files: Files) -> ProbeResult:
    """A diagram that a document draws itself; else a picture of another host, for a reader to look at."""
    remote: list[Span] = []
    for path in _documents(files):
        lines = blank_html_comments(files.lines(path))
        for number, line in enumerate(lines, 1):
            if _DRAWING.match(line[:MAX_LINE]) and (end := _end_of_drawing(lines, number)):
                return ProbeResult(Finding.MET, (cut(path, number, end),), f"{path} draws a diagram.")
            addresses = ("".join(hit) for hit in _REMOTE.findall(line[:MAX_LINE]))
            if any(not _BADGE.search(address) for address in addresses):
                remote.append(Span(path, number, number))
    if remote:
        return ProbeResult(
            Finding.UNCLEAR, some(remote), "Shown from another host; a reader has to look at it."
        )
    return ProbeResult(Finding.NOT_MET, (), "No document draws a diagram or shows a picture of another host.")


def _end_of_drawing(lines: list[str], start: int) -> int:
    """The line that closes the block which begins on `start`, or 0 where it holds too little."""
    for number in range(start + 1, min(len(lines), start + LONGEST_DRAWING) + 1):
        if lines[number - 1].strip()[:3] in {"```", "~~~"} or lines[number - 1].startswith("@enduml"):
            said = {line.strip() for line in lines[start : number - 1] if line.strip()}
            joined = sum(bool(_JOINED.search(line)) for line in said)
            return number if len(said) >= MIN_DRAWN_LINES and joined >= MIN_JOINED_LINES else 0
    return 0


def _document_lines(files: Files) -> Iterator[tuple[str, int, str]]:
    for path in _documents(files):
        for number, line in enumerate(blank_html_comments(files.lines(path)), 1):
            yield path, number, line[:MAX_LINE]


def _documents(files: Files) -> list[str]:
    """Documents, those nearest to the root first, the README before its neighbours."""
    listed = (path for path in files.own if is_document(path))
    front = sorted(listed, key=lambda path: (path.count("/"), not path.lower().startswith("readme"), path))
    return front[: files.limits.max_probe_files]
