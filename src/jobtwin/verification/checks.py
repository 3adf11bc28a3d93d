"""The registry of checks by what they verify, as a brief names it. One module or package a check."""

from collections.abc import Mapping

from jobtwin.core.check import CheckResult, Reason
from jobtwin.verification.f1.check import check_f1
from jobtwin.verification.f2.check import check_f2
from jobtwin.verification.f3.check import check_f3
from jobtwin.verification.f4.check import check_f4
from jobtwin.verification.subject import Check, Subject


def not_supported(check_id: str) -> Check:
    """A check that this version cannot reproduce yet."""

    def check(subject: Subject) -> CheckResult:
        return CheckResult(
            check_id,
            Reason.NOT_SUPPORTED,
            "this version does not reproduce this check; the learner's own answer stands",
            {"engine": subject.engine.name},
        )

    return check


def _check_f4(subject: Subject) -> CheckResult:
    return check_f4(subject, address=subject.artifact)


CHECKS: Mapping[str, Check] = {
    "tests": check_f1,
    "container": check_f2,
    "evals": check_f3,
    "artifact": _check_f4,
}

NEEDS_ENGINE = frozenset({"tests", "evals"})
"""Checks that run code of the submission; without an engine they answer `no_engine`."""
