"""Checks that met a failure of this machine, run again as a worker runs them again."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from jobtwin.core.check import RETRYABLE, CheckResult, VerificationReport

TRIES = 3
"""How often a check is run whose answer is that this machine could not do its part."""

Run = Callable[[frozenset[str] | None], VerificationReport]
"""Runs the checks of these ids; None: all."""


def patiently(
    run: Run, *, only: frozenset[str] | None = None, undecided: Iterable[str] = (), tries: int = TRIES
) -> tuple[VerificationReport, list[str]]:
    """The report of `only`, in which no check gave up before `tries` runs; a note for each one run again.

    A check of `undecided` is not repeated: this machine's failure is what was recorded of it.
    """
    report, notes, given = run(only), list[str](), frozenset(undecided)
    for _ in range(tries - 1):
        failed = [one for one in report.checks if one.reason in RETRYABLE and one.id not in given]
        if not failed:
            break
        notes += [f"{one.id} was run again: {one.summary}" for one in failed]
        again = run(frozenset(one.id for one in failed))
        report = replace(report, checks=_replaced(report.checks, again.checks))
    return report, notes


def _replaced(before: tuple[CheckResult, ...], after: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    newer = {one.id: one for one in after}
    return tuple(newer.get(one.id, one) for one in before)
