"""Views: what of a file may leave the machine: redacted, nothing hidden, flagged lines withheld, cut."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from jobtwin.core.evidence import Span
from jobtwin.review.files import Files
from jobtwin.review.guard import speaks_to_a_grader
from jobtwin.review.kinds import Kind, is_generated, kind_of
from jobtwin.review.model.answer import plain
from jobtwin.review.model.redact import SECRET, key_lines, without_secrets
from jobtwin.review.neutral import neutral_lines

WITHHELD = "[line withheld]"
_MAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[A-Za-z]{2,24}\b")
_AUTHOR = re.compile(
    r"((?:copyright|©|\(c\)(?=\s*\d{4}))\s*(?:\(c\)|©)?\s*[\d, -]{0,20}|[\"']?\bauthors?\b[\"']?\s*[:=]\s*|"
    r"@author\s+|name\s*=\s*(?=.*e-?mail))(\S.*)$",
    re.IGNORECASE,
)
_PLAIN_PATH = re.compile(r"(?:[A-Za-z0-9._+-]{1,40}/){0,8}[A-Za-z0-9._+-]{1,40}")
_TALKING = frozenset({Kind.MARKDOWN, Kind.PROSE, Kind.OTHER})
_DOTENV = re.compile(r"(^|/)\.env(\.[^/]*)?$|\.env$")


@dataclass
class Views:
    """The views of the files of one tree.

    `withheld` are the lines that the guard suspects, by path (0: the whole file); `names` are words that
    never leave the machine, such as the learner's name.
    """

    files: Files
    withheld: Mapping[str, frozenset[int]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    line_chars: int = 300
    _speaks: dict[str, bool] = field(default_factory=dict)
    _keys: dict[str, frozenset[int]] = field(default_factory=dict)
    _neutral: dict[str, list[str]] = field(default_factory=dict)
    _names: re.Pattern[str] | None = field(init=False)

    def __post_init__(self) -> None:
        listed = sorted(
            {name.strip() for name in self.names if len(name.strip()) >= 3}, key=len, reverse=True
        )
        self._names = (
            re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, listed))})(?!\w)", re.IGNORECASE)
            if listed
            else None
        )

    def is_open(self, path: str) -> bool:
        """False for a file that the guard flags by its name: nothing of it is shown to a model."""
        return 0 not in self.withheld.get(path, ())

    def text(self, span: Span) -> str:
        """The lines of a span as a model may see them."""
        return self._view(span, self.files.lines(span.path))

    def bare(self, span: Span) -> str:
        """The same without comments, docstrings and non-ASCII characters."""
        return self._view(span, self.neutral(span.path))

    def neutral(self, path: str) -> list[str]:
        """All lines of a file without comments, docstrings and non-ASCII characters, unredacted."""
        if path not in self._neutral:
            self._neutral[path] = neutral_lines(path, self.files.lines(path))
        return self._neutral[path]

    def label(self, path: str) -> str:
        """The path where it is a plain one that holds no message, else only the kind of the file."""
        shown = self.private(path)
        if (
            shown == path
            and _PLAIN_PATH.fullmatch(path)
            and not speaks_to_a_grader(re.sub(r"[-_./]", " ", path))
        ):
            return path
        return f"a file of kind {kind_of(path).value}"

    def _view(self, span: Span, lines: list[str]) -> str:
        """The lines of `lines` in the range of the span; what is withheld is decided on the true lines."""
        withheld, keys = self._withheld_in(span), self._key_lines(span.path)
        shown: list[str] = []
        for number in range(span.line_start, span.line_end + 1):
            line = lines[number - 1]
            if number in withheld:
                shown.append(WITHHELD)
            elif number in keys:
                shown.append(SECRET)
            else:
                shown.append(self._line(span.path, line))
        return "\n".join(shown)

    def _line(self, path: str, line: str) -> str:
        kind = kind_of(path)
        safe = without_secrets(
            line,
            is_dotenv=_DOTENV.search(path) is not None,
            is_config=kind in {Kind.CONFIG, Kind.PROSE, Kind.OTHER, Kind.MARKDOWN},
            is_lock=is_generated(path),
        )
        indent = len(safe) - len(safe.lstrip())
        return " " * min(indent, 40) + plain(self.private(safe))[: self.line_chars]

    def private(self, text: str) -> str:
        text = _AUTHOR.sub(r"\1[name]", _MAIL.sub("[e-mail]", text))
        return text if self._names is None else self._names.sub("[name]", text)

    def _withheld_in(self, span: Span) -> set[int]:
        """Lines of a span that speak to a grader or a model, in prose those beside such lines too."""
        lines = self.files.lines(span.path)
        near = range(max(1, span.line_start - 1), min(len(lines), span.line_end + 1) + 1)
        known = self.withheld.get(span.path, frozenset())
        found = {number for number in near if number in known or self._speaks_up(lines[number - 1])}
        if kind_of(span.path) in _TALKING:
            beside = {other for number in found for other in (number - 1, number + 1)}
            found |= {n for n in beside if 1 <= n <= len(lines) and lines[n - 1].strip()}
        return found

    def _speaks_up(self, line: str) -> bool:
        if line not in self._speaks:
            self._speaks[line] = speaks_to_a_grader(line)
        return self._speaks[line]

    def _key_lines(self, path: str) -> frozenset[int]:
        if path not in self._keys:
            self._keys[path] = key_lines(self.files.lines(path))
        return self._keys[path]
