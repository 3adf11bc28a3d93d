"""An appeal's re-verification: the same commit, locks, limits and checker, run again, and what came out."""

import os
import tempfile
from pathlib import Path
from uuid import UUID

from jobtwin.core.errors import JobTwinError
from jobtwin.evals.differences import Same
from jobtwin.evals.replay import Replay, Result, replay
from jobtwin.jobs.bundle import write_bundle
from jobtwin.proofs.replay_bundle import open_replay_bundle
from jobtwin.services.appeal import record_replay
from jobtwin.store.clock import database_now
from jobtwin.store.models import Appeal
from jobtwin.verification.choose import engine_or_none
from jobtwin.verification.needs import for_queue
from jobtwin.verification.settings import VerificationSettings

MOST_DIFFERENCES = 50
MOST_LETTERS = 300


def replay_appeal(submission_id: UUID, *, queue: str | None = None) -> None:
    """Runs the checks of an appealed submission again, once, on the engine of the `queue`, and records what
    reproduced and what did not.

    Where it cannot be done at all the reason is recorded: the mentors decide in any case.
    """
    appeal = Appeal.objects.select_related("submission__attempt__brief_version").get(submission=submission_id)
    if appeal.replayed_at is not None:
        return
    record_replay(appeal=appeal, found=_found(appeal, queue), now=database_now())


def give_up_replay(submission_id: UUID, *, workers: int) -> None:
    """Records that nothing was run again: so many workers died with it."""
    appeal = Appeal.objects.get(submission=submission_id)
    if appeal.replayed_at is None:
        why = f"{workers} of our workers ended while they ran this again"
        record_replay(appeal=appeal, found={"done": False, "why": why}, now=database_now())


def _found(appeal: Appeal, queue: str | None) -> dict[str, object]:
    settings = for_queue(VerificationSettings.from_environment(os.environ), queue)
    with tempfile.TemporaryDirectory(prefix="jobtwin-appeal-") as folder:
        path = Path(folder) / "replay.jobtwin"
        try:
            write_bundle(appeal.submission, path)
            again = replay(open_replay_bundle(path), engine=engine_or_none(settings), settings=settings)
        except JobTwinError as error:
            return {"done": False, "why": error.message[:MOST_LETTERS]}
    return _summary(again)


def _summary(again: Replay) -> dict[str, object]:
    differing = [one for one in again.facts if one.outcome is Same.DIFFERS]
    return {
        "done": True,
        "engine": again.engine,
        "reproduced": again.result is Result.REPRODUCED,
        "result": again.result.value,
        "counts": {one.value: again.count(one) for one in Same},
        "notes": [note[:MOST_LETTERS] for note in again.notes],
        "undecided": {check: why[:MOST_LETTERS] for check, why in again.undecided.items()},
        "differing": [
            {
                "path": one.path[:MOST_LETTERS],
                "recorded": one.recorded[:MOST_LETTERS],
                "again": one.again[:MOST_LETTERS],
                "why": one.why[:MOST_LETTERS],
            }
            for one in differing[:MOST_DIFFERENCES]
        ],
    }
