"""What was reproduced of a submission, in words for people who do not know the exam."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from jobtwin.core.brief import Brief, Verifies
from jobtwin.store.models import CheckRecord

PHRASES: dict[Verifies, str] = {
    "tests": gettext_noop("its tests pass on a clean clone"),
    "container": gettext_noop("its container builds without network and starts"),
    "evals": gettext_noop("its evals run from end to end"),
    "artifact": gettext_noop("anybody can reach its public artifact"),
}
VERDICTS = {
    "confirmed": gettext_noop("reproduced"),
    "refuted": gettext_noop("tried, and not so"),
    "inconclusive": gettext_noop("not decided"),
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
