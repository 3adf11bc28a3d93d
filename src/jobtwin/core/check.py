"""Checks: what the platform reproduced, as a verdict with a reason and facts.

`confirmed` and `refuted` speak of the submission; `inconclusive` speaks of the platform, or of
something that nobody can decide here, and never counts against the learner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What a check found."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


class Reason(StrEnum):
    """Why a check found it; each reason belongs to exactly one verdict (`verdict_of`)."""

    OK = "ok"

    TESTS_FAILED = "tests_failed"
    COLLECTION_ERROR = "collection_error"
    CRASHED = "crashed"
    BAD_REQUIREMENT = "bad_requirement"
    NO_TESTS = "no_tests"
    ALL_SKIPPED = "all_skipped"
    TAMPERED = "tampered"
    SURVIVES_SABOTAGE = "survives_sabotage"
    NEEDS_NETWORK = "needs_network"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    TOO_MANY_PROCESSES = "too_many_processes"
    DISK_FULL = "disk_full"
    OUTPUT_LIMIT = "output_limit"
    BUILD_FAILED = "build_failed"
    BAD_BASE_IMAGE = "bad_base_image"
    DOES_NOT_START = "does_not_start"
    UNHEALTHY = "unhealthy"
    NOT_PUBLIC = "not_public"

    NOT_SUPPORTED = "not_supported"
    NO_ENGINE = "no_engine"
    ENGINE_CRASHED = "engine_crashed"
    CENSUS_MISMATCH = "census_mismatch"
    NO_INTERPRETER = "no_interpreter"
    NEEDS_SERVICE = "needs_service"
    UNRESOLVABLE_STATICALLY = "unresolvable_statically"
    MISSING_BASE_IMAGE = "missing_base_image"
    WORKERS_DIED = "workers_died"
    INFRASTRUCTURE = "infrastructure"


_INCONCLUSIVE = frozenset(
    {
        Reason.NOT_SUPPORTED,
        Reason.NO_ENGINE,
        Reason.ENGINE_CRASHED,
        Reason.CENSUS_MISMATCH,
        Reason.NO_INTERPRETER,
        Reason.NEEDS_SERVICE,
        Reason.UNRESOLVABLE_STATICALLY,
        Reason.MISSING_BASE_IMAGE,
        Reason.WORKERS_DIED,
        Reason.INFRASTRUCTURE,
    }
)

RETRYABLE = frozenset({Reason.ENGINE_CRASHED, Reason.INFRASTRUCTURE})
"""Reasons that are the platform's own: the check is tried again, on another worker if there is one."""

OF_THE_PLACE = RETRYABLE | {
    Reason.NO_ENGINE,
    Reason.NO_INTERPRETER,
    Reason.MISSING_BASE_IMAGE,
    Reason.UNRESOLVABLE_STATICALLY,
}
"""Reasons that depend on the machine and the package index that it asks: where a commit with known packages
was decided once, they say nothing new of it."""

TAMPERING = frozenset({Reason.TAMPERED, Reason.SURVIVES_SABOTAGE})
"""Reasons that say the submission's own report cannot be believed."""


def verdict_of(reason: Reason) -> Verdict:
    """The one verdict that a reason belongs to."""
    if reason is Reason.OK:
        return Verdict.CONFIRMED
    return Verdict.INCONCLUSIVE if reason in _INCONCLUSIVE else Verdict.REFUTED


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: `id` as in the brief (F1..), facts as plain JSON values, wall time in seconds."""

    id: str
    reason: Reason
    summary: str
    facts: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.reason)

    def as_json(self) -> dict[str, object]:
        """The form that `jobtwin verify --json` prints."""
        return {
            "id": self.id,
            "verdict": self.verdict.value,
            "reason": self.reason.value,
            "summary": self.summary,
            "facts": dict(self.facts),
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """All checks of one commit. `source` is what was asked for, `brief` its id, `engine` a name."""

    source: str
    commit: str
    brief: str
    engine: str
    checks: tuple[CheckResult, ...]

    @property
    def worth_another_try(self) -> bool:
        """Whether the platform failed in a way that another try, or another worker, may not: a worker without
        any sandbox (a full disk is enough) says nothing about the others."""
        reasons = {check.reason for check in self.checks}
        return bool(reasons & RETRYABLE) or (self.engine == "none" and Reason.NO_ENGINE in reasons)

    def as_json(self) -> dict[str, object]:
        """The form that `jobtwin verify --json` prints."""
        return {
            "source": self.source,
            "commit": self.commit,
            "brief": self.brief,
            "engine": self.engine,
            "checks": [check.as_json() for check in self.checks],
        }
