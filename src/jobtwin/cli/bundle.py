"""`jobtwin bundle`: everything that a decision stands on, in one file for `jobtwin replay`."""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from jobtwin.cli.output import one_line
from jobtwin.core.errors import NotFound

if TYPE_CHECKING:  # Django loads when the command runs
    from jobtwin.store.models import Submission


@click.command(epilog="Example: jobtwin bundle 6f1c1e6e-3b1d-4b0a-9d4e-0a6f5b1f2c3d replay.jobtwin")
@click.argument("attempt", type=click.UUID)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def command(attempt: UUID, file: Path) -> None:
    """Write the evidence bundle of a verified ATTEMPT to FILE: the submission itself, facts, locks, ledgers.

    It holds the learner's work. Give it to nobody without their consent.
    """
    from jobtwin.config.database import setup_django

    setup_django()
    from jobtwin.store.models import Submission

    found = Submission.objects.filter(attempt_id=attempt).first()
    if found is None:
        raise NotFound("this attempt has no submission")
    write_bundle(found, file)
    click.echo(f"written to {one_line(str(file))}")


def write_bundle(submission: "Submission", path: Path) -> None:
    """Writes the bundle. Raises NotFound where the submission is not verified and reviewed yet, BadInput."""
    from jobtwin.jobs.inputs import kept_inputs
    from jobtwin.jobs.verification import recorded_report
    from jobtwin.proofs.replay_bundle import write_replay_bundle
    from jobtwin.store.models import DraftReviewRecord, Mark
    from jobtwin.store.platform import artefacts
    from jobtwin.store.queries.ledger import export_ledger

    draft = DraftReviewRecord.objects.filter(submission=submission).first()
    bundle = artefacts().bundle(submission.pk)
    if draft is None or not artefacts().held(bundle):
        raise NotFound("this submission is not verified and reviewed yet, or its files were never fetched")
    brief, inputs = submission.attempt.brief_version.brief, kept_inputs(submission.pk)
    files: dict[str, bytes | Path] = {
        "brief.json": _json(brief.as_json()),
        "commit.bundle": bundle,
        "report.json": _json(recorded_report(submission).as_json()),
        "draft.json": _json(draft.document),
        **_credential(submission),
    }
    facts: dict[str, object] = {"commit": submission.commit, "brief": brief.digest}
    if inputs is not None:
        facts |= {"checker": inputs["checker"], "settings": inputs["settings"]}
        files["locks.json"] = _json({"locks": inputs["locks"]})
    with tempfile.TemporaryDirectory(prefix="jobtwin-bundle-") as name:
        for mark in Mark.objects.filter(submission=submission, sealed_at__isnull=False).order_by("seat"):
            folder = Path(name) / mark.mentor.ledger.name
            export_ledger(mark.mentor.ledger, folder)
            files |= {f"ledgers/{folder.name}/{one.name}": one for one in folder.iterdir()}
        write_replay_bundle(path, facts, files)


def _credential(submission: "Submission") -> dict[str, bytes]:
    from jobtwin.proofs.credential import document_bytes
    from jobtwin.store.queries.credential import issuer_did, newest_credential

    credential = newest_credential(submission.attempt)
    if credential is None:
        return {}
    return {"credential.json": document_bytes(credential.document), "did.json": document_bytes(issuer_did())}


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"
