"""The registry of checks, in the order in which they run. One module or package a check."""

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
    "F1": check_f1,
    "F2": check_f2,
    "F3": check_f3,
    "F4": _check_f4,
}

NEEDS_ENGINE = frozenset({"F1", "F3"})
"""Checks that run code of the submission; without an engine they answer `no_engine`."""
