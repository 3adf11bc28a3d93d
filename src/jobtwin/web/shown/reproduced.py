"""What was reproduced of a submission, in words for people who do not know the exam."""

from collections.abc import Iterable
from dataclasses import dataclass

from jobtwin.core.brief import Brief, Verifies
from jobtwin.store.models import CheckRecord

PHRASES: dict[Verifies, str] = {
    "tests": "its tests pass on a clean clone",
    "container": "its container builds without network and starts",
    "evals": "its evals run from end to end",
    "artifact": "anybody can reach its public artifact",
}
VERDICTS = {
    "confirmed": "reproduced",
    "refuted": "tried, and not so",
    "inconclusive": "not decided",
}


@dataclass(frozen=True, slots=True)
class Reproduced:
    """One claim about the work, the verdict's own word (a CSS class too), and what people are told."""

    words: str
    verdict: str
    told: str


def reproduced(brief: Brief, checks: Iterable[CheckRecord]) -> tuple[Reproduced, ...]:
    """Every claim that the platform tried, in the order of the brief."""
    verdicts = {one.check_id: one.verdict for one in checks}
    return tuple(
        Reproduced(PHRASES[one.verification], verdicts[one.id], VERDICTS[verdicts[one.id]])
        for one in brief.self_checks
        if one.verification in PHRASES and one.id in verdicts
    )
