"""After both seals: compare, discuss, sign off; and the learner's result."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from jobtwin.core.decision import Step
from jobtwin.core.errors import JobTwinError, NotFound
from jobtwin.core.outcome import outcome_of
from jobtwin.services.decision import sign_off
from jobtwin.services.ledger import ledger_writer
from jobtwin.services.mark import MAX_COMMENT, revise_mark
from jobtwin.store.models import Credential, Decision, Mark, SkillAssertion
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.claim import signer
from jobtwin.store.queries.decision import result_of
from jobtwin.store.queries.desk import hidden_names, own_mark
from jobtwin.store.queries.mark import resolution, visible_marks
from jobtwin.web.access import PageRequest, mentors_only, signed_in
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.shown.check import check_rows
from jobtwin.web.shown.decision import comparison_of, exact_scores, result_rows
from jobtwin.web.shown.mark import STEPS
from jobtwin.web.shown.record import record_of
from jobtwin.web.shown.text import hiding


@require_safe
@mentors_only
def compare(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """The sealed marks side by side, and the next step."""
    return _compare_page(request, *_sealed_marks(request, submission_id))


@require_POST
@mentors_only
def discuss(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Where this mentor stands after the discussion, with a reason, once."""
    mark, visible = _sealed_marks(request, submission_id)
    dimensions = mark.submission.attempt.brief_version.brief.rubric.dimensions
    scores = {one.id: request.POST.get(f"score-{one.id}", "") for one in dimensions}
    reason = request.POST.get("reason", "").replace("\r\n", "\n")
    try:
        revise_mark(mark=mark, scores=scores, reason=reason, now=request.now, writer=ledger_writer())
    except JobTwinError as error:
        return _compare_page(request, mark, visible, error)
    messages.success(request, gettext("Your answer is written into your ledger."))
    return redirect("compare", submission_id=submission_id)


@require_POST
@mentors_only
def sign(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """The first claimant's signature, with the skills that a pass asserts."""
    mark, visible = _sealed_marks(request, submission_id)
    decision = Decision.objects.filter(submission_id=submission_id).first()
    if decision is None:
        raise NotFound("there is no decision to sign yet")
    skills = {
        skill.id: request.POST.get(f"weight-{skill.id}", "")
        for skill in mark.submission.attempt.brief_version.brief.skills
        if request.POST.get(f"assert-{skill.id}") == "yes"
    }
    try:
        sign_off(
            decision=decision, mentor=request.user, skills=skills, now=request.now, writer=ledger_writer()
        )
    except JobTwinError as error:
        return _compare_page(request, mark, visible, error)
    messages.success(request, gettext("The decision is signed. The learner can see the result now."))
    return redirect("compare", submission_id=submission_id)


@gzip_page
@require_safe
@signed_in
def result(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """The learner's result, once it is signed."""
    attempt = own_attempt(request.user, attempt_id)
    found = result_of(attempt)
    if found is None:
        return redirect("attempt", attempt_id=attempt.pk)
    brief = attempt.brief_version.brief
    rows, outcome = result_rows(brief, found), outcome_of(brief, exact_scores(found.decision))
    context = {
        "attempt": attempt,
        "brief": brief,
        "result": found,
        "rows": rows,
        "outcome": outcome,
        "levers": list(zip(outcome.levers, rows, strict=True)),
        "checks": check_rows(brief, attempt.submission.answers, found.checks),
        "address": found.credential and _address(found.credential),
    }
    return render(request, "result.html", context)


def _address(credential: Credential) -> str:
    """Where the credential's page is, in full: what its holder sends to somebody."""
    address: str = settings.JOBTWIN.origin + reverse("credential", args=[credential.pk])
    return address


def _sealed_marks(request: PageRequest, submission_id: UUID) -> tuple[Mark, list[Mark]]:
    """The own mark and all sealed ones; before both are sealed there is no such page."""
    mark = own_mark(request.user, submission_id)
    visible = visible_marks(mark)
    if len(visible) < 2:
        raise NotFound("there is nothing to compare")
    return mark, visible


def _compare_page(
    request: PageRequest, mark: Mark, visible: list[Mark], error: JobTwinError | None = None
) -> HttpResponse:
    brief = mark.submission.attempt.brief_version.brief
    found = Decision.objects.filter(submission_id=mark.submission_id)
    decision = found.select_related("signed_by").first()
    step = resolution(mark.submission) if decision is None else None
    own = next(one for one in visible if one.pk == mark.pk)
    context = {
        "mark": mark,
        "brief": brief,
        "comparison": comparison_of(brief, visible, own=mark),
        "decision": decision,
        "record": record_of(visible, decision),
        "discuss": step is Step.DISCUSS and own.seat < 3 and not hasattr(own, "revision"),
        "answered": step is Step.DISCUSS and hasattr(own, "revision"),
        "third": step is Step.THIRD_MENTOR,
        "sign": decision is not None and decision.signed_at is None and _signs(mark),
        "asserted": SkillAssertion.objects.filter(decision=decision).order_by("skill") if decision else [],
        "posted": request.POST,
        "skills": [_skill_row(request, one.id, one) for one in brief.skills],
        "scores": [
            (one, request.POST.get(f"score-{one.id}", own.scores[one.id])) for one in brief.rubric.dimensions
        ],
        "steps": STEPS,
        "max_reason": MAX_COMMENT,
        "error": sentence(error) if error else "",
    }
    with hiding(hidden_names(mark.submission)):
        return render(request, "compare.html", context, status=status_of(error, form=True) if error else 200)


def _skill_row(request: PageRequest, skill_id: str, skill: object) -> dict[str, object]:
    return {
        "skill": skill,
        "checked": request.POST.get(f"assert-{skill_id}") == "yes",
        "weight": request.POST.get(f"weight-{skill_id}", ""),
    }


def _signs(mark: Mark) -> bool:
    found = signer(mark.submission_id)
    return found is not None and found.pk == mark.pk
