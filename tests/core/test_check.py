"""A check whose failure is ours is worth another try; one that is decided is not."""

import pytest

from jobtwin.core.check import CheckResult, Reason, VerificationReport


def report(engine: str, *reasons: Reason) -> VerificationReport:
    checks = tuple(CheckResult(f"F{number}", reason, ".") for number, reason in enumerate(reasons, 1))
    return VerificationReport("source", "c" * 40, "small", engine, checks)


@pytest.mark.parametrize("reason", [Reason.ENGINE_CRASHED, Reason.INFRASTRUCTURE])
def test_what_crashed_on_our_side_is_tried_again(reason: Reason) -> None:
    assert report("bubblewrap", Reason.OK, reason).worth_another_try


def test_a_worker_without_any_sandbox_leaves_it_to_another() -> None:
    assert report("none", Reason.NO_ENGINE, Reason.OK).worth_another_try


def test_a_worker_without_container_tools_alone_does_not_run_everything_again() -> None:
    assert not report("bubblewrap", Reason.OK, Reason.NO_ENGINE).worth_another_try


@pytest.mark.parametrize("reason", [Reason.OK, Reason.TESTS_FAILED, Reason.NOT_SUPPORTED])
def test_what_is_decided_is_not_tried_again(reason: Reason) -> None:
    assert not report("bubblewrap", reason).worth_another_try
