"""Verify one commit against a brief: every check on its own, none hiding another."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jobtwin.core.brief import Brief, Verifies
from jobtwin.core.check import CheckResult, Reason, VerificationReport
from jobtwin.core.errors import BadInput
from jobtwin.source.tree import Tree
from jobtwin.telemetry.tracing import carried, continued, span
from jobtwin.verification.checks import CHECKS, NEEDS_ENGINE, not_supported
from jobtwin.verification.choose import works
from jobtwin.verification.engine import Engine, EngineCrash, EngineFailure, Job, Outcome
from jobtwin.verification.events import OnEvent, Progress, ignore
from jobtwin.verification.lanes import in_lanes, may_overlap
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.shared import Shared
from jobtwin.verification.subject import Subject
from jobtwin.verification.workspace import work_folder

log = logging.getLogger(__name__)

_BESIDE: tuple[Verifies, ...] = ("artifact", "container")


def verify(
    repository: Tree,
    brief: Brief,
    *,
    source: str,
    only: frozenset[str] | None = None,
    artifact: str | None = None,
    engine: Engine | None,
    settings: VerificationSettings,
    on_event: OnEvent = ignore,
    clock: Callable[[], float] = time.monotonic,
) -> VerificationReport:
    """Run the brief's checks (or those of `only`) on a pinned commit and report each.

    `engine` None means that this machine has none: checks that would run code say so. Raises BadInput
    where `only` names a check that the brief does not have; nothing else is raised for a submission.
    `artifact` is the public artifact's address where it was given beside the repository.
    """
    wanted = {check.id: check.verification for check in brief.self_checks}
    unknown = sorted((only or frozenset()) - set(wanted))
    if unknown:
        raise BadInput(f"brief {brief.id} has no check {', '.join(unknown)}; it has {', '.join(wanted)}")
    chosen = {check_id: what for check_id, what in wanted.items() if only is None or check_id in only}
    with work_folder(settings.work) as folder, Shared(folder) as shared:
        asked = _Asked(repository, engine, settings, artifact, shared, carried())
        results = in_lanes(
            _lanes(chosen, settings),
            lambda check_id, tell: _one(
                check_id, chosen[check_id], asked, Progress(check_id, tell, {}, clock)
            ),
            on_event,
        )
    name = engine.name if engine is not None else "none"
    return VerificationReport(
        source, repository.commit, brief.id, name, tuple(results[one] for one in chosen)
    )


def _lanes(chosen: Mapping[str, Verifies], settings: VerificationSettings) -> list[list[str]]:
    """Checks that run at the same time: what runs the suite, and beside it what waits for builders and
    networks. One lane where the settings or the free memory say so."""
    beside = [check_id for check_id, what in chosen.items() if what in _BESIDE]
    first = [check_id for check_id in chosen if check_id not in beside]
    if not beside or not first or not may_overlap(settings):
        return [list(chosen)]
    return [first, sorted(beside, key=lambda one: _BESIDE.index(chosen[one]))]


@dataclass(frozen=True)
class _Asked:
    """What every check of one verification shares."""

    tree: Tree
    engine: Engine | None
    settings: VerificationSettings
    artifact: str | None
    shared: Shared
    trace: str = ""

    def subject(self, progress: Progress, folder: Path) -> Subject:
        """What one check is given."""
        return Subject(
            tree=self.tree,
            engine=self.engine or _NoEngine(),
            settings=self.settings,
            progress=progress,
            work=folder,
            artifact=self.artifact,
            shared=self.shared,
        )


def _one(check_id: str, what: Verifies, asked: _Asked, progress: Progress) -> CheckResult:
    started = progress.clock()
    with continued(asked.trace), span(f"check {check_id}", {"jobtwin.check": check_id}) as current:
        result = _guarded(check_id, what, asked, progress)
        current.set_attribute("jobtwin.reason", result.reason.value)
    facts = {**result.facts, "phases": dict(progress.seconds)}
    return CheckResult(check_id, result.reason, result.summary, facts, progress.clock() - started)


def _guarded(check_id: str, what: Verifies, asked: _Asked, progress: Progress) -> CheckResult:
    """The check's own answer, or ours where we failed: our fault is never the learner's."""
    if asked.engine is None and what in NEEDS_ENGINE:
        said = "this machine has no working sandbox, and nothing of a submission runs outside one"
        return CheckResult(check_id, Reason.NO_ENGINE, said)
    check = CHECKS.get(what) or not_supported(check_id)
    try:
        with work_folder(asked.settings.work) as folder:
            return check(asked.subject(progress, folder))
    except EngineFailure as error:
        crashed = asked.engine is None or isinstance(error, EngineCrash) or not works(asked.engine)
        reason = Reason.ENGINE_CRASHED if crashed else Reason.INFRASTRUCTURE
        return CheckResult(check_id, reason, error.message, {"engine_still_works": not crashed})
    except Exception as error:
        log.exception("check %s failed on our side", check_id)
        said = f"the platform failed while it ran this check ({type(error).__name__}); it will be tried again"
        return CheckResult(check_id, Reason.INFRASTRUCTURE, said, {"error": str(error)[:300]})


class _NoEngine:
    """For checks that run nothing."""

    name = "none"

    def run(self, job: Job) -> Outcome:
        raise EngineFailure(f"no engine to run {job.argv[0]}", retry=False, code="no_engine")
