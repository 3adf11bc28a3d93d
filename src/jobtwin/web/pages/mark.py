"""The mentor's desk: read, score, seal."""

from typing import TypedDict
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobtwin.core.errors import BadInput, Conflict, JobTwinError, Refused
from jobtwin.core.instant import utc_text
from jobtwin.services.ledger import ledger_writer
from jobtwin.services.mark import MAX_COMMENT, keep_first_pass, save_mark, seal_mark
from jobtwin.store.models import CheckRecord, Mark
from jobtwin.store.queries.desk import hidden_names, own_mark, verification_log
from jobtwin.store.queries.mark import draft_visible, due_at, visible_marks
from jobtwin.web.access import PageRequest, mentors_only
from jobtwin.web.errors import sentence, status_of, wants_json
from jobtwin.web.shown.check import check_rows
from jobtwin.web.shown.flags import flags_of
from jobtwin.web.shown.mark import STEPS, average_of, dimension_rows
from jobtwin.web.shown.originality import shown_originality
from jobtwin.web.shown.text import hiding
from jobtwin.web.shown.time import saved_words, time_left


@gzip_page
@require_safe
@mentors_only
def desk(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Everything to mark one submission on one page."""
    return _desk_page(request, own_mark(request.user, submission_id))


@require_safe
@mentors_only
def state(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """The saved mark as the form's fields, for a desk that was left open while another window saved."""
    return JsonResponse(_state(own_mark(request.user, submission_id)))


@require_POST
@mentors_only
def save(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Saves scores, comments and readings; on the mentor's word the scores become the first pass.

    A window that is behind is told and keeps what was written in it; a script is given the newest fields.
    """
    mark = own_mark(request.user, submission_id)
    written = _written(request, mark)
    try:
        mark = save_mark(mark=mark, **written, base_version=_base_version(request), now=request.now)
    except JobTwinError as error:
        if wants_json(request):
            newest = _state(mark) if error.code == "mark_conflict" else {}
            answer = {"error": sentence(error), "code": error.code} | newest
            return JsonResponse(answer, status=status_of(error))
        mark.scores, mark.comments, mark.readings = (
            written["scores"],
            written["comments"],
            written["readings"] or {},
        )
        return _desk_page(request, mark, error)
    if wants_json(request):
        return JsonResponse({"saved": saved_words(request.now), "version": mark.version})
    return _after_save(request, mark)


def _after_save(request: PageRequest, mark: Mark) -> HttpResponse:
    """Where the pressed button leads: the draft, the seal page, or back to the same place on the desk."""
    chosen = request.POST.get("next", "")
    if chosen == "first_pass":
        return _first_pass(request, mark)
    if chosen == "seal":
        return redirect("seal", submission_id=mark.submission_id)
    messages.success(request, saved_words(request.now))
    names = {one.id for one in mark.submission.attempt.brief_version.brief.rubric.dimensions}
    place = f"#d-{chosen}" if chosen in names else ""
    return redirect(reverse("desk", args=[mark.submission_id]) + place)


@require_http_methods(["GET", "HEAD", "POST"])
@mentors_only
def seal(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Shows the saved mark as it would be sealed; POST seals exactly that."""
    mark = own_mark(request.user, submission_id)
    if mark.sealed_at is not None:
        return redirect("desk", submission_id=submission_id)
    if request.method != "POST":
        return _seal_page(request, mark)
    try:
        if request.POST.get("confirm") != "yes":
            raise BadInput("confirm that you want to seal: nothing can be changed afterwards")
        if request.POST.get("seen") != _seen(mark):
            raise Conflict("this mark was changed in another window; look at it once more before you seal")
        seal_mark(mark=mark, now=request.now, writer=ledger_writer())
    except (BadInput, Refused) as error:
        return _seal_page(request, mark, error)
    messages.success(request, gettext("Your mark is sealed into your ledger."))
    return redirect("desk", submission_id=submission_id)


def _desk_page(request: PageRequest, mark: Mark, error: JobTwinError | None = None) -> HttpResponse:
    submission = mark.submission
    brief, names = submission.attempt.brief_version.brief, hidden_names(submission)
    draft = getattr(submission, "draft_review", None)
    with hiding(names):  # facts become text here already
        checks = check_rows(brief, submission.answers, CheckRecord.objects.filter(submission=submission))
    due = due_at(mark) if mark.sealed_at is None else None
    context = {
        "mark": mark,
        "submission": submission,
        "brief": brief,
        "flags": flags_of(submission, checks, draft),
        "originality": shown_originality(submission),
        "checks": checks,
        "log": verification_log(submission),
        "logs": [(one.title, submission.logs.get(one.id, "")) for one in brief.windows],
        "dimensions": dimension_rows(mark, brief, draft, checks),
        "draft": draft,
        "draft_visible": draft_visible(mark),
        "average": None if error else average_of(brief, mark.exact_scores()),
        "steps": STEPS,
        "due": due,
        "left": time_left(due, request.now) if due else "",
        "both_sealed": len(visible_marks(mark)) > 1,
        "saved": saved_words(mark.saved_at) if mark.saved_at else gettext("Nothing is saved yet."),
        "max_comment": MAX_COMMENT,
        "error": sentence(error) if error else "",
        "conflict": error is not None and error.code == "mark_conflict",
    }
    with hiding(names):
        return render(request, "desk.html", context, status=status_of(error, form=True) if error else 200)


def _first_pass(request: PageRequest, mark: Mark) -> HttpResponse:
    if not keep_first_pass(mark=mark, now=request.now):
        error = Refused("score every dimension first; then the draft review is shown")
        return _desk_page(request, mark, error)
    messages.success(request, gettext("Your first pass is kept. The draft review is shown beside it now."))
    return redirect("desk", submission_id=mark.submission_id)


def _seal_page(request: PageRequest, mark: Mark, error: JobTwinError | None = None) -> HttpResponse:
    brief = mark.submission.attempt.brief_version.brief
    context = {
        "mark": mark,
        "brief": brief,
        "dimensions": dimension_rows(mark, brief, None),
        "average": average_of(brief, mark.exact_scores()),
        "seen": _seen(mark),
        "error": sentence(error) if error else "",
    }
    return render(request, "seal.html", context, status=status_of(error, form=True) if error else 200)


def _seen(mark: Mark) -> str:
    return utc_text(mark.saved_at) if mark.saved_at else ""


class _Written(TypedDict):
    scores: dict[str, str]
    comments: dict[str, str]
    readings: dict[str, str] | None


def _written(request: PageRequest, mark: Mark) -> _Written:
    """What the form holds. Without choices for readings (the draft was hidden) those stay as they are."""
    brief = mark.submission.attempt.brief_version.brief
    dimensions = [one.id for one in brief.rubric.dimensions]
    readings = _posted(request, [one.id for one in brief.criteria()], "reading")
    return {
        "scores": _posted(request, dimensions, "score"),
        "comments": _posted(request, dimensions, "comment"),
        "readings": readings if request.POST.get("with_readings") == "yes" else None,
    }


def _posted(request: PageRequest, names: list[str], field: str) -> dict[str, str]:
    found = {name: request.POST.get(f"{field}-{name}", "").replace("\r\n", "\n") for name in names}
    return {name: text for name, text in found.items() if text}


def _base_version(request: PageRequest) -> int | None:
    text = request.POST.get("base_version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _state(mark: Mark) -> dict[str, object]:
    """The newest version, and every field of the form that holds something in it."""
    fields = {
        f"{field}-{name}": text
        for field, kept in (("score", mark.scores), ("comment", mark.comments), ("reading", mark.readings))
        for name, text in kept.items()
    }
    return {"version": mark.version, "sealed": mark.sealed_at is not None, "fields": fields}
