"""The learner's page: start, the clock, drafts."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobtwin.core.attempt import AttemptState, attempt_state
from jobtwin.core.brief import Brief
from jobtwin.core.errors import BadInput, Conflict, JobTwinError
from jobtwin.services.attempt import start_attempt, withdraw_attempt
from jobtwin.services.draft import MAX_NOTES, Work, latest_draft, save_draft, saved_work
from jobtwin.services.upload import upload_in
from jobtwin.store import platform
from jobtwin.store.models import Attempt, Draft, SourceToken
from jobtwin.store.queries.attempt import own_attempt, rehearsals_of
from jobtwin.store.queries.brief import chosen_programme, offered_brief
from jobtwin.store.queries.check import progress_of
from jobtwin.web.access import PageRequest, is_signed_in, signed_in
from jobtwin.web.errors import sentence, status_of, wants_json
from jobtwin.web.pages.brief import brief_page
from jobtwin.web.shown.attempt import attempt_row, lock_milliseconds, window_rows
from jobtwin.web.shown.check import check_rows
from jobtwin.web.shown.time import saved_words

Errors = Mapping[str, str]


@require_POST
def start(request: PageRequest, brief_id: str) -> HttpResponse:
    """Starts the clock; whoever is signed out signs in first and comes back to the brief."""
    if not is_signed_in(request):
        return redirect_to_login(reverse("brief", args=[brief_id]))
    version = offered_brief(brief_id, request.user)
    try:
        if request.POST.get("digest") != version.digest:
            raise Conflict("this brief has changed since you opened it; read it again before you start")
        attempt = start_attempt(
            learner=request.user,
            brief_version=version,
            programme=chosen_programme(version, request.user, request.POST.get("programme", "")),
            now=request.now,
        )
    except JobTwinError as error:
        return brief_page(request, version, startable=True, error=error)
    return redirect("attempt", attempt_id=attempt.pk)


@require_safe
@signed_in
def show(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """The attempt as it stands: to work on, closed, being verified, with the mentors, decided."""
    attempt = own_attempt(request.user, attempt_id)
    if attempt.submitted_at is not None:
        return _submitted_page(request, attempt)
    return work_page(request, attempt, saved_work(latest_draft(attempt)))


@require_safe
@signed_in
def clock(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """How many milliseconds are left, for the countdown after sleep."""
    attempt = own_attempt(request.user, attempt_id)
    return JsonResponse({"left_ms": lock_milliseconds(attempt, request.now)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def withdraw(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """Says what withdrawing means; POST with the confirmation withdraws."""
    attempt = own_attempt(request.user, attempt_id)
    error = None
    if request.method == "POST":
        try:
            if request.POST.get("confirm") != "yes":
                raise BadInput("confirm that you want to withdraw: it cannot be taken back")
            withdraw_attempt(attempt=attempt, now=request.now)
        except JobTwinError as raised:
            error = raised
        else:
            return redirect("attempt", attempt_id=attempt.pk)
    context = {
        "attempt": attempt,
        "brief": attempt.brief_version.brief,
        "open": attempt_state(attempt.facts, now=request.now) is AttemptState.OPEN,
        "error": sentence(error) if error else "",
    }
    return render(request, "withdraw.html", context, status=status_of(error, form=True) if error else 200)


@require_POST
@signed_in
def save(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """Saves a draft: for the autosave script in JSON, for the Save button by coming back to the page."""
    attempt = own_attempt(request.user, attempt_id)
    work = posted_work(request, attempt.brief_version.brief)
    try:
        draft = save_draft(attempt=attempt, work=work, base_version=_base_version(request), now=request.now)
    except JobTwinError as error:
        return _not_saved(request, attempt, work, error)
    if wants_json(request):
        return JsonResponse(_saved(attempt, draft, request))
    if request.POST.get("next") == "submit":
        return _to_submit(request, attempt, work)
    return redirect("attempt", attempt_id=attempt.pk)


def work_page(
    request: PageRequest,
    attempt: Attempt,
    work: Work,
    *,
    errors: Errors | None = None,
    status: int = 200,
    other: Draft | None = None,
) -> HttpResponse:
    """The page to work on, with what was written, errors beside their fields, and a conflicting draft."""
    draft = latest_draft(attempt)
    answers = dict(work.answers or {})
    context = {
        "attempt": attempt,
        "brief": attempt.brief_version.brief,
        "open": attempt_state(attempt.facts, now=request.now) is AttemptState.OPEN,
        "state": attempt_state(attempt.facts, now=request.now).value,
        "left_ms": lock_milliseconds(attempt, request.now),
        # A form holds the open window's log alone: what the others hold is what was saved.
        "windows": window_rows(attempt, {**(saved_work(draft).logs or {}), **(work.logs or {})}, request.now),
        "extensions": attempt.extensions.all(),
        "work": work,
        "checks": [(check, answers.get(check.id, "")) for check in attempt.brief_version.brief.self_checks],
        "base_version": draft.version if draft else 0,
        "saved": saved_words(draft.saved_at, draft.version) if draft else gettext("Nothing is saved yet."),
        "errors": errors or {},
        "other": saved_work(other) if other else None,
        "max_notes": MAX_NOTES,
        "rehearsals": rehearsals_of(attempt),
        "asks_artifact": any(
            one.verification == "artifact" for one in attempt.brief_version.brief.self_checks
        ),
        "takes_archive": "archive" in attempt.brief_version.brief.submission_modes,
        "takes_repository": "repo_url" in attempt.brief_version.brief.submission_modes,
        "upload": upload_in(attempt, work.source),
        "max_upload": platform.archive_limits().upload_bytes,
        "token_hosts": sorted(platform.login_rules().hosts),
        "token": SourceToken.objects.filter(attempt=attempt).first()
        if platform.login_rules().hosts
        else None,
        "local_sources": sorted(platform.source_policy().local_sources),
    }
    return render(request, "attempt.html", context, status=status)


def posted_work(request: PageRequest, brief: Brief) -> Work:
    """What the form holds; a self-check without an answer is left out."""
    answers = {check.id: request.POST.get(f"answer-{check.id}", "") for check in brief.self_checks}
    return Work(
        source=request.POST.get("source", ""),
        artifact=request.POST.get("artifact", ""),
        notes=request.POST.get("notes", "").replace("\r\n", "\n"),
        answers={check: answer for check, answer in answers.items() if answer},
        logs={
            window.id: request.POST[f"log-{window.id}"].replace("\r\n", "\n")
            for window in brief.windows
            if f"log-{window.id}" in request.POST
        },
    )


def missing_work(brief: Brief, work: Work) -> dict[str, str]:
    """Sentences by field for what has to be there before a submission."""
    errors = {}
    if not work.source:
        errors["source"] = gettext(
            "Give the address of your repository, or upload an archive where the exam takes one."
        )
    unanswered = [check.id for check in brief.self_checks if check.id not in (work.answers or {})]
    if unanswered:
        errors["answers"] = gettext("Answer every self-check first: {checks}.").format(
            checks=", ".join(unanswered)
        )
    return errors


def _submitted_page(request: PageRequest, attempt: Attempt) -> HttpResponse:
    submission, brief = attempt.submission, attempt.brief_version.brief
    progress = progress_of(submission)
    context = {
        "attempt": attempt,
        "brief": brief,
        "submission": submission,
        "row": attempt_row(attempt, request.now),
        "progress": progress,
        "can_dispute": attempt.decided_at is None and not hasattr(submission, "decision"),
        "checks": check_rows(brief, submission.answers, progress.checks),
    }
    return render(request, "submitted.html", context)


def _not_saved(request: PageRequest, attempt: Attempt, work: Work, error: JobTwinError) -> HttpResponse:
    draft = latest_draft(attempt)
    conflict = error.code == "draft_conflict"
    if wants_json(request):
        answer = {"error": sentence(error), "code": error.code, "version": draft.version if draft else 0}
        return JsonResponse(answer, status=status_of(error, form=True))
    attempt.refresh_from_db()
    if attempt.submitted_at is not None:
        raise error
    return work_page(
        request,
        attempt,
        work,
        errors={"form": sentence(error)},
        status=status_of(error, form=True),
        other=draft if conflict else None,
    )


def _to_submit(request: PageRequest, attempt: Attempt, work: Work) -> HttpResponse:
    missing = missing_work(attempt.brief_version.brief, work)
    if missing:
        return work_page(request, attempt, work, errors=missing, status=422)
    return redirect("submit", attempt_id=attempt.pk)


def _saved(attempt: Attempt, draft: Draft, request: PageRequest) -> dict[str, object]:
    return {
        "version": draft.version,
        "saved": saved_words(draft.saved_at, draft.version),
        "left_ms": lock_milliseconds(attempt, request.now),
    }


def _base_version(request: PageRequest) -> int:
    text = request.POST.get("base_version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
