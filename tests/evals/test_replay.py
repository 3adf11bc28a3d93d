"""What a replay comes to: one word for everything that was compared."""

import pytest

from jobtwin.evals.differences import FactOutcome, Same
from jobtwin.evals.replay import Replay, Result


def ended(*facts: Same, draft: bool | None = True, code: str = "") -> Replay:
    found = tuple(FactOutcome(f"F{number}.verdict", one, why="why") for number, one in enumerate(facts, 1))
    return Replay("c" * 40, "bubblewrap", found, draft, {"ledger": code}, ())


@pytest.mark.parametrize(
    ("facts", "result"),
    [
        ((Same.REPRODUCED, Same.MEASURED, Same.NOT_RUN), Result.REPRODUCED),
        ((Same.REPRODUCED, Same.UNDECIDED), Result.UNDECIDED),
        ((Same.UNDECIDED, Same.DIFFERS), Result.DIFFERS),
    ],
)
def test_a_difference_weighs_more_than_what_the_machine_could_not_decide(
    facts: tuple[Same, ...], result: Result
) -> None:
    assert ended(*facts).result is result
    assert ended(*facts).as_json()["reproduced"] is (result is Result.REPRODUCED)


def test_another_draft_or_a_broken_ledger_differs_and_a_draft_of_a_model_does_not() -> None:
    assert ended(draft=False).result is Result.DIFFERS
    assert ended(code="SIGNATURE").result is Result.DIFFERS
    assert ended(draft=None).result is Result.REPRODUCED


def test_the_checks_that_the_machine_could_not_decide_are_named() -> None:
    assert ended(Same.REPRODUCED, Same.UNDECIDED).undecided == {"F2": "why"}
