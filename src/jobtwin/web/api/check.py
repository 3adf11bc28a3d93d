"""Self-checks: the learner's answers, and beside them what was verified."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema

from jobtwin.services.draft import Work, latest_draft
from jobtwin.store.models import Attempt, CheckRecord, Draft
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.web.api.access import EXAM_READ, EXAM_WRITE, ApiRequest, person_of
from jobtwin.web.api.draft import Answers, BaseVersion, Saved, saved
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.write import write
from jobtwin.web.shown.check import CheckRow, check_rows

router = Router(tags=["self-checks"])


class AnswersIn(Schema):
    """Answers to some self-checks; source, notes and other answers stay as they are saved."""

    base_version: BaseVersion
    answers: Answers


class CheckOut(Schema):
    """A self-check: the learner's answer beside what was verified. Empty words: not there yet."""

    id: str
    question: str
    kind: str
    answer: str
    verdict: str
    reason: str
    summary: str
    disagrees: bool


@router.get(
    "/{uuid:attempt_id}/self-checks",
    auth=EXAM_READ,
    response={200: list[CheckOut], PROBLEMS: Problem},
    operation_id="list_self_checks",
)
def list_self_checks(request: ApiRequest, attempt_id: UUID) -> list[CheckOut]:
    """All self-checks with the newest answers; after the verification with what it found."""
    attempt = own_attempt(person_of(request), attempt_id)
    if attempt.submitted_at is not None:
        return checks_out(attempt, list(attempt.submission.checks.all()), attempt.submission.answers)
    draft = latest_draft(attempt)
    return checks_out(attempt, [], draft.body["answers"] if draft else {})


@router.patch(
    "/{uuid:attempt_id}/self-checks",
    auth=EXAM_WRITE,
    response={201: Saved, PROBLEMS: Problem},
    operation_id="answer_self_checks",
)
def answer(request: ApiRequest, attempt_id: UUID, body: AnswersIn) -> HttpResponse:
    """Answers self-checks, as a new version of the draft."""
    attempt = own_attempt(person_of(request), attempt_id)

    def act() -> Saved:
        kept = _body(latest_draft(attempt))
        answers = {**_answers(kept), **body.answers}
        work = Work(
            source=str(kept.get("source", "")),
            notes=str(kept.get("notes", "")),
            answers=answers,
            artifact=str(kept.get("artifact", "")),
        )
        return saved(attempt, work, body.base_version, request.now)

    return write(request, 201, act)


def checks_out(attempt: Attempt, records: list[CheckRecord], answers: dict[str, str]) -> list[CheckOut]:
    """All self-checks of a brief in its order."""
    return [check_out(row) for row in check_rows(attempt.brief_version.brief, answers, records)]


def check_out(row: CheckRow) -> CheckOut:
    """One self-check as the API shows it."""
    record = row.record
    return CheckOut(
        id=row.question.id,
        question=row.question.question,
        kind=row.question.kind,
        answer=row.answer,
        verdict=record.verdict if record else "",
        reason=record.reason if record else "",
        summary=record.summary if record else "",
        disagrees=row.disagrees,
    )


def _body(draft: Draft | None) -> Mapping[str, object]:
    return draft.body if draft is not None else {}


def _answers(body: Mapping[str, object]) -> dict[str, str]:
    answers = body.get("answers")
    return {str(check): str(word) for check, word in answers.items()} if isinstance(answers, dict) else {}
