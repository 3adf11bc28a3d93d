"""The registry of checks, in the order in which they run. One module or package a check."""

from collections.abc import Mapping

from jobtwin.core.check import CheckResult, Reason
from jobtwin.verification.f1.check import check_f1
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


CHECKS: Mapping[str, Check] = {
    "F1": check_f1,
    "F2": not_supported("F2"),
    "F3": not_supported("F3"),
    "F4": not_supported("F4"),
}

NEEDS_ENGINE = frozenset({"F1"})
"""Checks that run code of the submission; without an engine they answer `no_engine`."""
