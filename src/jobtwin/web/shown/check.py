"""Self-checks: the learner's answer beside what was verified."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jobtwin.core.brief import Brief, SelfCheck
from jobtwin.core.check import TAMPERING
from jobtwin.store.models import CheckRecord
from jobtwin.web.shown.facts import FactRow, fact_rows

MAX_ABILITIES = 10

_CONTRADICTIONS = frozenset({("yes", "refuted"), ("no", "confirmed")})


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One self-check: question, answer (empty: none), and the verified record (None: not there yet)."""

    question: SelfCheck
    answer: str
    record: CheckRecord | None
    facts: list[FactRow]

    @property
    def disagrees(self) -> bool:
        """The learner said one thing and the check found the other."""
        return self.record is not None and (self.answer, self.record.verdict) in _CONTRADICTIONS

    @property
    def tampered(self) -> bool:
        """The check found that the submission fakes its report, or would pass whatever it does."""
        return self.record is not None and self.record.reason in TAMPERING

    @property
    def able_to_bend(self) -> list[str]:
        """What the check saw that is able to bend its results: hooks, plugins, options of the submission."""
        found = self.record.facts.get("able_to_bend_results") if self.record is not None else None
        return [str(one) for one in found[:MAX_ABILITIES]] if isinstance(found, list) else []


def check_rows(brief: Brief, answers: Mapping[str, str], checks: Iterable[CheckRecord]) -> list[CheckRow]:
    """All self-checks in the order of the brief."""
    by_id = {check.check_id: check for check in checks}
    return [
        CheckRow(
            one, answers.get(one.id, ""), found := by_id.get(one.id), fact_rows(found.facts) if found else []
        )
        for one in brief.self_checks
    ]
