"""The mentor's desk: read, score, seal."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobtwin.core.brief import Brief
from jobtwin.core.errors import BadInput, Conflict, JobTwinError, Refused
from jobtwin.core.instant import utc_text
from jobtwin.services.ledger import ledger_writer
from jobtwin.services.mark import MAX_COMMENT, keep_first_pass, save_mark, seal_mark
from jobtwin.store.models import CheckRecord, Mark
from jobtwin.store.queries.desk import own_mark
from jobtwin.store.queries.mark import due_at, visible_marks
from jobtwin.web.access import PageRequest, mentors_only
from jobtwin.web.errors import sentence, status_of, wants_json
from jobtwin.web.shown.check import check_rows
from jobtwin.web.shown.flags import flags_of
from jobtwin.web.shown.mark import STEPS, average_of, dimension_rows, draft_visible
from jobtwin.web.shown.time import saved_words, time_left


@require_safe
@mentors_only
def desk(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Everything to mark one submission on one page."""
    return _desk_page(request, own_mark(request.user, submission_id))


@require_POST
@mentors_only
def save(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """Saves scores and comments; on the mentor's word the scores become the first pass."""
    mark = own_mark(request.user, submission_id)
    brief = mark.submission.attempt.brief_version.brief
    scores, comments = _posted(request, brief, "score"), _posted(request, brief, "comment")
    try:
        mark = save_mark(mark=mark, scores=scores, comments=comments, now=request.now)
    except JobTwinError as error:
        if wants_json(request):
            raise
        mark.scores, mark.comments = scores, comments
        return _desk_page(request, mark, error)
    if wants_json(request):
        return JsonResponse({"saved": saved_words(request.now)})
    if request.POST.get("next") == "first_pass":
        return _first_pass(request, mark)
    if request.POST.get("next") == "seal":
        return redirect("seal", submission_id=submission_id)
    messages.success(request, saved_words(request.now))
    return redirect("desk", submission_id=submission_id)


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
    messages.success(request, "Your mark is sealed into your ledger.")
    return redirect("desk", submission_id=submission_id)


def _desk_page(request: PageRequest, mark: Mark, error: JobTwinError | None = None) -> HttpResponse:
    submission = mark.submission
    brief = submission.attempt.brief_version.brief
    draft = getattr(submission, "draft_review", None)
    checks = check_rows(brief, submission.answers, CheckRecord.objects.filter(submission=submission))
    due = due_at(mark) if mark.sealed_at is None else None
    context = {
        "mark": mark,
        "submission": submission,
        "brief": brief,
        "flags": flags_of(submission, checks, draft),
        "checks": checks,
        "dimensions": dimension_rows(mark, brief, draft),
        "draft": draft,
        "draft_visible": draft_visible(mark, brief),
        "average": None if error else average_of(brief, mark.exact_scores()),
        "steps": STEPS,
        "due": due,
        "left": time_left(due, request.now) if due else "",
        "both_sealed": len(visible_marks(mark)) > 1,
        "saved": saved_words(mark.saved_at) if mark.saved_at else "Nothing is saved yet.",
        "max_comment": MAX_COMMENT,
        "error": sentence(error) if error else "",
    }
    return render(request, "desk.html", context, status=status_of(error, form=True) if error else 200)


def _first_pass(request: PageRequest, mark: Mark) -> HttpResponse:
    if not keep_first_pass(mark=mark):
        error = Refused("score every dimension first; then the draft review is shown")
        return _desk_page(request, mark, error)
    messages.success(request, "Your first pass is kept. The draft review is shown beside it now.")
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


def _posted(request: PageRequest, brief: Brief, field: str) -> dict[str, str]:
    names = (dimension.id for dimension in brief.rubric.dimensions)
    found = {name: request.POST.get(f"{field}-{name}", "").replace("\r\n", "\n") for name in names}
    return {name: text for name, text in found.items() if text}
