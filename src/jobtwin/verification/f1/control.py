"""The verdict on the negative control: did anything change over switched-off code?"""

from collections.abc import Iterator

from jobtwin.verification.engine import Outcome
from jobtwin.verification.f1.abilities import Ability
from jobtwin.verification.f1.results import Results


def survives(outcome: Outcome, results: Results) -> bool:
    """Whether nothing changed: the run ended well and every test still passes."""
    if outcome.exit_code is None or outcome.limits_hit or results.exit_code != 0:
        return False
    failed = any(one.outcome == "failed" for one in results.reports)
    return not failed and not any(one.outcome == "failed" for one in results.collects)


def was_called(outcome: Outcome) -> bool:
    """Whether a switched-off function was called in any process: each leaves a mark. A run that a limit ended
    tells nothing of that, so it counts."""
    return outcome.wrote_out or bool(outcome.limits_hit)


def bent_in_control(abilities: tuple[Ability, ...], results: Results) -> Iterator[str]:
    """Tests that raised and were reported as passed all the same, where something is able to do that."""
    if abilities:
        yield from (one.nodeid for one in results.reports if one.passed and (one.raised or one.raw))
