"""A machine that was too busy, or whose sandbox failed, is given the tries that a worker has."""

from jobtwin.core.check import CheckResult, Reason, VerificationReport
from jobtwin.evals.patience import TRIES, patiently

BUSY = "took too long; this machine was busy with other work meanwhile"


class Machine:
    """Answers each check by its list of reasons, the last one for ever; remembers what it was asked."""

    def __init__(self, **reasons: list[Reason]) -> None:
        self.reasons, self.asked = reasons, list[list[str]]()

    def run(self, only: frozenset[str] | None) -> VerificationReport:
        ids = [one for one in self.reasons if only is None or one in only]
        self.asked.append(ids)
        return VerificationReport("s", "c", "b", "e", tuple(self._check(one) for one in ids))

    def _check(self, name: str) -> CheckResult:
        reasons = self.reasons[name]
        reason = reasons.pop(0) if len(reasons) > 1 else reasons[0]
        return CheckResult(name, reason, BUSY if reason is Reason.INFRASTRUCTURE else "said")


def reasons_of(report: VerificationReport) -> list[Reason]:
    return [one.reason for one in report.checks]


def test_what_was_decided_is_run_once() -> None:
    machine = Machine(F1=[Reason.OK], F2=[Reason.TIMEOUT], F4=[Reason.NOT_SUPPORTED])
    report, notes = patiently(machine.run)
    assert (len(report.checks), notes, machine.asked) == (3, [], [["F1", "F2", "F4"]])


def test_only_the_check_that_the_machine_failed_is_run_again_and_the_note_says_why() -> None:
    machine = Machine(F1=[Reason.OK], F2=[Reason.INFRASTRUCTURE, Reason.ENGINE_CRASHED, Reason.OK])
    report, notes = patiently(machine.run)
    assert reasons_of(report) == [Reason.OK, Reason.OK]
    assert machine.asked == [["F1", "F2"], ["F2"], ["F2"]]
    assert notes == [f"F2 was run again: {BUSY}", "F2 was run again: said"]


def test_a_machine_that_never_can_is_believed_in_the_end() -> None:
    machine = Machine(F1=[Reason.INFRASTRUCTURE])
    report, notes = patiently(machine.run)
    assert (reasons_of(report), len(machine.asked)) == ([Reason.INFRASTRUCTURE], TRIES)
    assert len(notes) == TRIES - 1


def test_what_was_recorded_as_undecided_is_not_pressed() -> None:
    machine = Machine(F1=[Reason.INFRASTRUCTURE])
    assert patiently(machine.run, undecided=["F1"])[1] == []
    assert len(machine.asked) == 1
