"""Lines that say something: what is left of a file without comments, headings, repeats and hidden text."""

import re

from jobtwin.review.kinds import Kind, kind_of

MAX_LINE = 2000
"""Characters of a line that are looked at; the rest of a longer line is left unread."""

_HASH_ENDINGS = """
py pyi pyx sh bash zsh fish rb pl r jl yaml yml toml ini cfg conf env properties mk cmake tf hcl ex exs nim
dockerfile containerfile makefile justfile procfile txt in gin sbatch slurm
"""
_HASH = frozenset(_HASH_ENDINGS.split())
_DASHES = frozenset({"sql", "lua", "hs"})
_LINE_COMMENT = re.compile(r"^\s*(?://|/\*|\*/|\*\s|\*$|<!--|;)")
_HTML = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*$")
_LABEL = re.compile(r"^\s{0,3}(?:[-*]\s+)?\*\*([^*]{2,80})\*\*")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-+|~+|\^+|\*+)\s*$")
MIN_WORDS = 5
LABEL_LEVEL = 7


def blank_html_comments(lines: list[str]) -> list[str]:
    """The lines with HTML comments blanked (they may span lines); numbering stays."""
    text = "\n".join(lines)
    if "<!--" not in text:
        return lines
    return _HTML.sub(lambda hit: "\n" * hit.group().count("\n"), text).split("\n")


def code_lines(path: str, lines: list[str]) -> dict[int, str]:
    """Lines (from 1) of code, configuration or data with whole-line and trailing comments cut away."""
    suffix = _suffix(path)
    hashes, dashes = suffix in _HASH, suffix in _DASHES
    text = "\n".join(line[:MAX_LINE] for line in lines)
    if kind_of(path) in {Kind.CODE, Kind.DATA} and "/*" in text and not hashes:
        text = _without_blocks(text)
    found: dict[int, str] = {}
    for number, line in enumerate(blank_html_comments(text.split("\n")), 1):
        kept = _without_comment(line, hashes=hashes, dashes=dashes)
        if kept.strip():
            found[number] = kept
    return found


def _without_blocks(text: str) -> str:
    """Text with `/* ... */` blanked, line by line; one that is never closed stays. Linear in the text."""
    kept: list[str] = []
    at = 0
    while (start := text.find("/*", at)) >= 0 and (end := text.find("*/", start + 2)) >= 0:
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 2
    return "".join([*kept, text[at:]])


def _without_comment(line: str, *, hashes: bool, dashes: bool) -> str:
    if hashes:
        if line.lstrip().startswith("#"):
            return ""
        cut = re.search(r"\s#\s", line)
        return line[: cut.start()] if cut and line.count('"', 0, cut.start()) % 2 == 0 else line
    if dashes and line.lstrip().startswith("--"):
        return ""
    if _LINE_COMMENT.match(line):
        return ""
    cut = re.search(r"\s//\s", line)
    return line[: cut.start()] if cut else line


def substantial_code(path: str, lines: list[str]) -> list[int]:
    """Numbers of the different code or data lines that hold more than brackets."""
    return _different({n: line for n, line in code_lines(path, lines).items() if re.search(r"\w", line)})


def substantial_prose(lines: list[str]) -> list[int]:
    """Numbers of the different lines of at least five different visible words; headings do not count."""
    found: dict[int, str] = {}
    for number, line in enumerate(blank_html_comments([line[:MAX_LINE] for line in lines]), 1):
        if _HEADING.match(line) or _INVISIBLE.search(line):
            continue
        if len({word.lower() for word in _WORD.findall(line)}) >= MIN_WORDS:
            found[number] = line
    return _different(found)


def headings(lines: list[str]) -> list[tuple[int, int, str]]:
    """`(line, level, title)` of Markdown and reStructuredText headings, outside of fenced code.

    A bold label at the beginning of a line (`**In scope.** ...`) is a heading of level `LABEL_LEVEL`.
    """
    found: list[tuple[int, int, str]] = []
    fence = ""
    previous = ""
    for number, raw in enumerate(blank_html_comments([line[:MAX_LINE] for line in lines]), 1):
        mark = raw.lstrip()[:3]
        if mark in {"```", "~~~"}:
            fence = "" if fence == mark else fence or mark
        elif not fence:
            hit = _HEADING.match(raw)
            if hit:
                found.append((number, len(hit.group(1)), hit.group(2)))
            elif label := _LABEL.match(raw):
                found.append((number, LABEL_LEVEL, label.group(1)))
            elif (
                previous.strip()
                and _UNDERLINE.match(raw)
                and len(raw.strip()) >= 3
                and _WORD.search(previous)
            ):
                found.append((number - 1, 1 if raw.strip()[0] == "=" else 2, previous.strip()))
        previous = raw
    return found


def _different(found: dict[int, str]) -> list[int]:
    seen: set[str] = set()
    numbers = []
    for number, line in found.items():
        key = " ".join(line.lower().split())
        if key not in seen:
            seen.add(key)
            numbers.append(number)
    return numbers


def _suffix(path: str) -> str:
    name = path.rsplit("/", 1)[-1].lower()
    base, _, ending = name.rpartition(".")
    if name.startswith(("dockerfile", "containerfile", "makefile", "justfile", "procfile")):
        return name.split(".", maxsplit=1)[0]
    return ending if base or name.startswith(".") else name
