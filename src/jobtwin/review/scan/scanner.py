"""The scanner: reads a file or a text, and says where it speaks to a grader or a model.

A file's score is that of its most suspicious piece. Signs alone never flag; instructions do, the more so
where they are hidden or encoded. Nothing is executed, followed or interpreted.
"""

import re
from collections.abc import Iterator, Sequence
from math import log

from jobtwin.core.evidence import lines_of
from jobtwin.review.scan.folding import all_lookalike, fold
from jobtwin.review.scan.found import FLAGGED, ScannedFile, Suspicion, score_of, summed_up
from jobtwin.review.scan.hidden import HiddenText, hidden_texts
from jobtwin.review.scan.limits import ScanLimits
from jobtwin.review.scan.model import Head, TextModel, text_model
from jobtwin.review.scan.orders import ORDER, is_direct_order
from jobtwin.review.scan.signs import AGENT_FILES, signs
from jobtwin.review.scan.windows import readable, units_of, windows_of

_RUNS = re.compile(rb"[\x20-\x7e]{24,2000}")
_NAME_MARKS = re.compile(r"[_\-./]+")
MAX_RUNS = 400
IN_BINARY = -1.5
IN_AGENT_FILE = 0.5
FREE_PIECES = 4
FREE_WINDOWS, A_WINDOW = 16, 0.6
"""Windows that a file has free, and log-odds to the logarithm of more: of many, one looks odd by chance."""
_SPEAKS = "speaks to a grader or a model"
_ORDERS = "orders its reader to drop instructions"


class Scanner:
    """Scans with one model and one set of limits; holds no state between files."""

    def __init__(self, model: TextModel | None = None, limits: ScanLimits | None = None) -> None:
        self.model = model or text_model()
        self.limits = limits or ScanLimits()

    def file(self, path: str, content: bytes, *, note: str = "") -> ScannedFile:
        """One file. Any bytes are read: UTF-8 with replacement, UTF-16 by its mark, else runs of text."""
        found = [*self._name(path)]
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            content = content.decode("utf-16", errors="replace").encode()
        if b"\0" in content[:8192]:
            found += self._binary(content)
        else:
            found += self._bounded(self._lines(path, lines_of(content)))
        if len(found) >= self.limits.max_pieces:
            note = note or f"only the first {self.limits.max_pieces} pieces were read (max_pieces)"
        return summed_up(path, found, max_spans=self.limits.max_spans, note=note)

    def text(self, text: str) -> float:
        """Score in [0, 1] of one text on its own: a request, a message of a commit, the name of a branch."""
        lines = text.split("\n")
        found = [span.score for span in self._bounded(self._lines("text", lines))]
        found.extend(self._spoken(HiddenText(1, 1, text, "", 0.0), 0.0))
        flat = [" ".join(text.split())]
        pieces = [readable(piece) for _, piece in units_of(flat, max_line=self.limits.max_line)]
        logits = [self.model.logit(fold(piece), Head.TEXT) for piece in pieces]
        long_text = log(max(1.0, len(pieces) / FREE_PIECES))
        found.append(score_of(max(logits, default=-20.0) - long_text))
        return max(found)

    def line(self, line: str) -> float:
        """Score in [0, 1] of one line of a document, without its neighbours."""
        return max((one.score for one in self._lines("text.md", [line])), default=0.0)

    def _bounded(self, pieces: Iterator[Suspicion]) -> list[Suspicion]:
        """At most `max_pieces`, and no more once `max_flagged_pieces` would each flag the file."""
        found: list[Suspicion] = []
        flagged = 0
        for one in pieces:
            found.append(one)
            flagged += one.score >= FLAGGED
            if len(found) >= self.limits.max_pieces or flagged >= self.limits.max_flagged_pieces:
                break
        return found

    def _lines(self, path: str, lines: Sequence[str]) -> Iterator[Suspicion]:
        added = IN_AGENT_FILE if AGENT_FILES.fullmatch(path) else 0.0
        yield from signs(path, lines)
        windows = list(windows_of(lines, max_line=self.limits.max_line))
        added -= A_WINDOW * log(max(1.0, len(windows) / FREE_WINDOWS))
        for window in windows:
            logit = self.model.logit(window.folded, Head.FILE)
            yield Suspicion(window.line_start, window.line_end, score_of(logit + added), _SPEAKS)
            if is_direct_order(window.folded):
                yield Suspicion(window.line_start, window.line_end, ORDER, _ORDERS)
        for hidden in hidden_texts(path, lines, self.limits):
            for score in self._spoken(hidden, added):
                yield Suspicion(hidden.line_start, hidden.line_end, score, f"{hidden.how} that {_SPEAKS}")
        yield from self._other_alphabets(lines)

    def _spoken(self, hidden: HiddenText, added: float) -> Iterator[float]:
        for window in windows_of(hidden.text.split("\n"), max_line=self.limits.max_line):
            yield score_of(self.model.logit(window.folded, Head.FILE) + hidden.adds + added)

    def _other_alphabets(self, lines: Sequence[str]) -> Iterator[Suspicion]:
        """Lines wholly in look-alike letters of another alphabet."""
        for number, line in enumerate(lines, 1):
            if line.isascii() or len(line) > self.limits.max_line:
                continue
            turned = all_lookalike(line)
            if turned != line:
                for window in windows_of([turned]):
                    logit = self.model.logit(window.folded, Head.FILE)
                    yield Suspicion(number, number, score_of(logit), f"look-alike letters: {_SPEAKS}")

    def _binary(self, content: bytes) -> Iterator[Suspicion]:
        left = MAX_RUNS
        for number, line in enumerate(content.split(b"\n"), 1):
            for run in _RUNS.findall(line):
                left -= 1
                if left < 0:
                    return
                for window in windows_of([run.decode("ascii")]):
                    logit = self.model.logit(window.folded, Head.FILE) + IN_BINARY
                    yield Suspicion(number, number, score_of(logit), f"text in a binary file {_SPEAKS}")

    def _name(self, path: str) -> Iterator[Suspicion]:
        for part in path.split("/"):
            words = _NAME_MARKS.sub(" ", part)
            for window in windows_of([words]):
                logit = self.model.logit(window.folded, Head.FILE)
                yield Suspicion(0, 0, score_of(logit), f"the name {_SPEAKS}")
