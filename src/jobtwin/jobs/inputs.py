"""What a verification was given besides the commit: settings, locks, the checker's version; for replays."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from jobtwin.store.platform import artefacts
from jobtwin.verification.checker import checker_identity
from jobtwin.verification.dependencies.recorded import RecordedLock
from jobtwin.verification.settings import VerificationSettings


def keep_inputs(submission: UUID, settings: VerificationSettings, locks: Iterable[RecordedLock]) -> None:
    """Writes the inputs beside the submission's bundle, as a whole or not at all; again, writes them anew."""
    document = {
        "checker": checker_identity(),
        "settings": {
            "limits": asdict(settings.limits),
            "build_limits": asdict(settings.build_limits),
            "control_factor": settings.control_factor,
            "control_least_seconds": settings.control_least_seconds,
        },
        "locks": [lock.as_json() for lock in {one.asked: one for one in locks}.values()],
    }
    path = artefacts().inputs(submission)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)
    artefacts().spread(path)


def kept_inputs(submission: UUID) -> dict[str, object] | None:
    """The inputs of a submission's verification, or None where none were kept."""
    try:
        kept = artefacts()
        kept.held(kept.inputs(submission))
        found = json.loads(kept.inputs(submission).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
