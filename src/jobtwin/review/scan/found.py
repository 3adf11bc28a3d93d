"""What a scan finds: per file a score that ranks, a flag, and spans with a reason. It never grades."""

from dataclasses import dataclass
from math import exp

SHOWN = 0.15
"""The least score of a span that is shown: about one file in a hundred of ordinary repositories has one."""
FLAGGED = 0.5
"""The score from which a file is flagged: at most one ordinary repository in fifty has such a file."""
SOFTNESS = 4.0
"""Log-odds to one unit of the score: scores rank over the whole range, not only at its ends."""


def score_of(logit: float) -> float:
    """A score in [0, 1] from log-odds above the threshold: 0.5 at the threshold."""
    return round(1 / (1 + exp(-max(-50.0, min(50.0, logit)) / SOFTNESS)), 6)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Lines `line_start..line_end` (from 1; 0 for the file's name) with a score in [0, 1] and a reason."""

    line_start: int
    line_end: int
    score: float
    reason: str

    def as_json(self) -> dict[str, object]:
        return {
            "line_start": self.line_start,
            "line_end": self.line_end,
            "score": self.score,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """One file. `note` says what was not read, empty where all was."""

    path: str
    score: float
    spans: tuple[Suspicion, ...] = ()
    note: str = ""

    @property
    def flagged(self) -> bool:
        return self.score >= FLAGGED

    def as_json(self) -> dict[str, object]:
        """The form that `jobtwin scan --json` prints in `files`."""
        document: dict[str, object] = {
            "path": self.path,
            "score": self.score,
            "flagged": self.flagged,
            "spans": [span.as_json() for span in self.spans],
        }
        return {**document, "note": self.note} if self.note else document


def summed_up(path: str, found: list[Suspicion], *, max_spans: int, note: str = "") -> ScannedFile:
    """A file from all its suspicions: the best of overlapping ones, the strongest first kept."""
    kept: list[Suspicion] = []
    for one in sorted(found, key=lambda span: (-span.score, span.line_start, span.line_end)):
        if one.score < SHOWN or len(kept) >= max_spans:
            break
        if not any(one.line_start <= other.line_end and other.line_start <= one.line_end for other in kept):
            kept.append(one)
    score = max((one.score for one in found), default=0.0)
    return ScannedFile(path, score, tuple(sorted(kept, key=lambda span: span.line_start)), note)
