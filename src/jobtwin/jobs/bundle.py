"""Evidence bundles: everything that a decision stands on, in one file, for replays and appeals."""

import json
import tempfile
from pathlib import Path

from jobtwin.core.errors import NotFound
from jobtwin.jobs.inputs import kept_inputs
from jobtwin.jobs.verification import recorded_report
from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.replay_bundle import write_replay_bundle
from jobtwin.store.models import DraftReviewRecord, Mark, Submission
from jobtwin.store.platform import artefacts
from jobtwin.store.queries.credential import issuer_did, newest_credential
from jobtwin.store.queries.ledger import export_ledger


def write_bundle(submission: Submission, path: Path) -> None:
    """Writes the bundle. Raises NotFound where the submission is not verified and reviewed yet, BadInput."""

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


def _credential(submission: Submission) -> dict[str, bytes]:

    credential = newest_credential(submission.attempt)
    if credential is None:
        return {}
    return {"credential.json": document_bytes(credential.document), "did.json": document_bytes(issuer_did())}


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"
