"""What mentors did with drafts, as plain values: decided submissions, first passes, readings."""

from dataclasses import dataclass, field

from jobtwin.core.mark import Scores


@dataclass(frozen=True, slots=True)
class MarkedPass:
    """What one mentor gave before seeing the draft, and what was sealed."""

    first: Scores
    sealed: Scores


@dataclass(frozen=True, slots=True)
class DecidedCase:
    """One decided submission: the first two sealed marks, the decision, what was drafted, first passes."""

    marks: tuple[Scores, ...]
    decided: Scores
    drafted: Scores
    passes: tuple[MarkedPass, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ReadingCount:
    """How often mentors said `reading` of drafted verdicts `drafted` in a dimension."""

    dimension: str
    drafted: str
    reading: str
    count: int
