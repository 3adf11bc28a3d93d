"""What is known of one run of a suite, before it and after."""

from dataclasses import dataclass

from jobtwin.core.check import Reason
from jobtwin.verification.engine import Limits, Outcome
from jobtwin.verification.f1.abilities import Ability
from jobtwin.verification.f1.canaries import Canaries
from jobtwin.verification.f1.census import Census
from jobtwin.verification.f1.options import selects
from jobtwin.verification.f1.results import Results, TestReport


@dataclass(frozen=True)
class Run:
    """What is known of one run: before it (census, canaries, abilities, honoured marker) and after."""

    census: Census
    canaries: Canaries
    abilities: tuple[Ability, ...]
    outcome: Outcome
    results: Results
    limits: Limits
    marker: str | None = None
    markers: frozenset[str] = frozenset()

    def able(self, *kinds: str) -> str | None:
        """The first ability of these kinds as text, or None."""
        return next((str(one) for one in self.abilities if one.kind in kinds), None)

    @property
    def reports(self) -> list[TestReport]:
        """All reports but the canaries'."""
        mine = {self.canaries.passes, self.canaries.fails}
        return [report for report in self.results.reports if report.nodeid not in mine]

    @property
    def failing(self) -> dict[str, TestReport]:
        """The first failed phase of each failing test. Plugins that run a test again call what they do not
        count "rerun"; a pass that follows a failure clears nothing."""
        found: dict[str, TestReport] = {}
        for report in self.reports:
            if report.outcome == "failed":
                found.setdefault(report.nodeid, report)
        return found

    @property
    def reported_files(self) -> set[str]:
        """Files of which at least one test was reported or deselected."""
        ids = [report.nodeid for report in self.results.reports] + list(self.results.deselected)
        return {one.partition("::")[0] for one in ids}

    @property
    def passed(self) -> tuple[str, ...]:
        """Tests that really passed and did not fail in another phase."""
        failing = self.failing
        ids = dict.fromkeys(report.nodeid for report in self.reports if report.passed)
        return tuple(one for one in ids if one not in failing)

    def of_canary(self, nodeid: str) -> list[TestReport]:
        return [report for report in self.results.reports if report.nodeid == nodeid]


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason and a sentence for people."""

    reason: Reason
    summary: str


def missing(run: Run) -> tuple[str, ...]:
    """Certain tests of the census that no report, skip or announced deselection accounts for."""
    reported = {report.nodeid for report in run.results.reports} | set(run.results.deselected)
    bases = {one.partition("[")[0] for one in reported} | reported
    skipped = tuple(one.nodeid for one in run.results.collects if one.outcome == "skipped")
    return tuple(
        one
        for one in run.census.certain
        if one not in bases and not any(is_below(one, part) for part in skipped)
    )


def unfairly_deselected(run: Run) -> tuple[str, ...]:
    """Deselected tests that neither the honoured marker expression nor a registered marker explains."""

    def is_explained(marks: frozenset[str]) -> bool:
        if run.marker is not None and not selects(run.marker, marks):
            return True
        return bool(marks & run.markers)

    return tuple(one for one, marks in run.results.deselected.items() if not is_explained(marks))


def is_below(nodeid: str, part: str) -> bool:
    return nodeid == part or nodeid.startswith((f"{part}::", f"{part}/"))
