"""Passes that cannot be, each as a sentence: what a test did is watched below the hooks that report it."""

from collections.abc import Iterator

from jobtwin.verification.f1.module_reader import FoundTest
from jobtwin.verification.f1.run import Run

NAME_CHARACTERS = 300
"""How much of a test's name a sentence shows: a parameter can be as long as a book."""


def impossible_passes(run: Run) -> Iterator[str]:
    """Tests reported as passed whose function raised, never ran, or is not the one of the commit."""
    known = {test.nodeid: test for test in run.census.tests}
    for report in run.reports:
        if not report.passed:
            continue
        name = report.nodeid[:NAME_CHARACTERS]
        base = report.nodeid.partition("[")[0]
        module = base.partition("::")[0]
        if report.raised or report.raw:
            yield f"{name} is reported as passed but raised {report.raised or report.raw}"
        elif report.ran == 0:
            yield f"{name} is reported as passed but never ran"
        elif report.source not in {None, run.census.sources.get(module, report.source)}:
            yield f"{module[:NAME_CHARACTERS]} was not loaded as the commit has it"
        elif base in known and _is_another(known[base], report.place):
            yield f"{name} is reported as passed but another function ran in its place"


def _is_another(test: FoundTest, place: tuple[str, int] | None) -> bool:
    if place is None or test.begins is None or not test.certain:
        return False
    return not place[0].endswith(f"/{test.path}") or place[1] != test.begins


def unseen_passes(run: Run) -> Iterator[str]:
    """Certain tests reported as passed by somebody who did not ask pytest to run them."""
    known = set(run.census.certain)
    for report in run.reports:
        if report.passed and report.ran is None and report.nodeid.partition("[")[0] in known:
            yield f"{report.nodeid[:NAME_CHARACTERS]} is reported as passed but was not seen to run"
