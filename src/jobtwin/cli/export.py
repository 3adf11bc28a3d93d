"""What an exam leaves for people outside: credential, report, ledgers."""

import json
from pathlib import Path

from jobtwin.jobs.verification import recorded_report
from jobtwin.proofs.credential import export_credential
from jobtwin.proofs.status_list import StatusPlace
from jobtwin.review.draft import draft_review
from jobtwin.review.report import report_html
from jobtwin.services.status_list import current_status_list
from jobtwin.store.clock import database_now
from jobtwin.store.models import Decision, DraftReviewRecord, Mark, Submission
from jobtwin.store.platform import artefacts
from jobtwin.store.queries.credential import issued, issuer_did, newest_credential
from jobtwin.store.queries.ledger import export_ledger


def export_exam(submission: Submission, out: Path) -> list[str]:
    """Writes everything to `out` and returns the names of what was written."""
    report = exam_report(submission)
    (out / "report.json").write_text(
        json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    written = ["report.json"]
    brief, facts = submission.attempt.brief_version.brief, recorded_report(submission).as_json()
    with artefacts().open(submission.pk, submission.commit) as tree:
        draft = draft_review(tree, brief, source=submission.source, facts=facts)
        html = report_html(draft, brief, tree, facts=facts)
    (out / "report.html").write_text(html, encoding="utf-8")
    written.append("report.html")
    credential = newest_credential(submission.attempt)
    if credential is not None:
        number = StatusPlace.of(credential.status_index).number
        lists = current_status_list(number=number, now=database_now())
        export_credential(out, issued(credential), did=issuer_did(), status_list=lists)
        written += ["credential.json", "credential.jwt", "did.json", "status-list.json"]
    for mark in Mark.objects.filter(submission=submission, sealed_at__isnull=False).order_by("seat"):
        folder = Path("ledgers") / mark.mentor.ledger.name
        export_ledger(mark.mentor.ledger, out / folder)
        written.append(f"{folder}/")
    return written


def exam_report(submission: Submission) -> dict[str, object]:
    """The whole exam as JSON: clock, verification, draft, marks, decision. No mentor is named."""
    attempt = submission.attempt
    decision = Decision.objects.filter(submission=submission).first()
    return {
        "brief": {"id": attempt.brief_id, "digest": attempt.brief_version.digest},
        "attempt": {
            "id": str(attempt.pk),
            "started_at": attempt.started_at.isoformat(),
            "deadline": attempt.deadline.isoformat(),
            "submitted_at": submission.submitted_at.isoformat(),
        },
        "submission": {
            "source": submission.source,
            "commit": submission.commit,
            "bundle_sha256": submission.bundle_sha256,
            "answers": submission.answers,
            "forced": submission.forced,
            "force_reason": submission.force_reason,
            "development_source": submission.development_source,
        },
        "verification": recorded_report(submission).as_json(),
        "draft": DraftReviewRecord.objects.get(submission=submission).document,
        "marks": [_mark(mark) for mark in submission.marks.filter(sealed_at__isnull=False).order_by("seat")],
        "decision": None if decision is None else _decision(decision),
    }


def _mark(mark: Mark) -> dict[str, object]:
    revision = getattr(mark, "revision", None)
    return {
        "seat": mark.seat,
        "ledger": mark.mentor.ledger.name,
        "scores": mark.scores,
        "comments": mark.comments,
        "revised": None if revision is None else {"scores": revision.scores, "reason": revision.reason},
    }


def _decision(decision: Decision) -> dict[str, object]:
    return {
        "route": decision.route,
        "scores": decision.scores,
        "overall": str(decision.overall.normalize()),
        "passed": decision.passed,
        "skills": {one.skill: str(one.weight) for one in decision.skill_assertions.all()},
    }
