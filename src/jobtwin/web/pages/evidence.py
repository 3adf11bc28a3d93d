"""The files of the pinned commit, inert, for mentors who have claimed the submission."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from jobtwin.core.errors import BadInput, BadSource, JobTwinError, NotFound, OutsideFailure
from jobtwin.core.evidence import MAX_SPAN_LINES, Span, cite
from jobtwin.services.quotation import quote_lines
from jobtwin.source.repository import Repository
from jobtwin.store import platform
from jobtwin.store.models import Mark, Submission
from jobtwin.store.queries.desk import hidden_names, own_mark
from jobtwin.web.access import PageRequest, mentors_only
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.shown.evidence import MAX_FILE_BYTES, is_range, parse_range, shown_file
from jobtwin.web.shown.notebook import notebook_of
from jobtwin.web.shown.picture import raster_of
from jobtwin.web.shown.searched import search_tree
from jobtwin.web.shown.text import hiding
from jobtwin.web.templatetags.exam import file_url

PAGE = 500
LINK_MODE = "120000"
PICTURE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
@mentors_only
def listing(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """All files of the commit, in pages of PAGE; `?q=` searches names and lines."""
    submission = own_mark(request.user, submission_id).submission
    query = request.GET.get("q")
    with _repository(submission) as repository:
        entries = Paginator(repository.entries(), PAGE).get_page(request.GET.get("page"))
        context = {
            "submission": submission,
            "entries": entries,
            "submodules": repository.submodules,
            "search": search_tree(repository, query.strip()) if query is not None else None,
        }
    with hiding(hidden_names(submission)):
        return render(request, "files.html", context)


@require_safe
@mentors_only
def show(request: PageRequest, submission_id: UUID, path: str) -> HttpResponse:
    """One file, as the commit has it: `?lines=10-20#L10` marks and reaches lines."""
    mark = own_mark(request.user, submission_id)
    return _file_page(request, mark, path, request.GET.get("lines", ""))


@require_safe
@mentors_only
def picture(request: PageRequest, submission_id: UUID, path: str) -> HttpResponse:
    """A raster picture as it is, typed by its bytes, under a policy that lets it do nothing."""
    submission = own_mark(request.user, submission_id).submission
    with _repository(submission) as repository:
        content = repository.read(path)
    found = raster_of(content) if content is not None else None
    if content is None or found is None:
        raise NotFound("the submitted commit has no such picture")
    headers = {"Content-Security-Policy": PICTURE_POLICY, "Content-Disposition": "inline"}
    return HttpResponse(content, content_type=found.media_type, headers=headers)


@require_POST
@mentors_only
def quote(request: PageRequest, submission_id: UUID, path: str) -> HttpResponse:
    """Writes the place of chosen lines into the comment of a dimension, and stays at the lines."""
    mark = own_mark(request.user, submission_id)
    first, last = request.POST.get("first", ""), request.POST.get("last", "")
    lines = f"{first}-{last or first}"
    try:
        span = _span(path, lines)
        with _repository(mark.submission) as repository:
            if cite(repository.read(path) or b"", span) is None:
                raise BadInput("the file ends before these lines")
        quote_lines(mark=mark, dimension=request.POST.get("dimension", ""), span=span, now=request.now)
    except JobTwinError as error:
        return _file_page(request, mark, path, lines, error)
    messages.success(
        request,
        gettext("Lines {first} to {last} stand in your comment now.").format(
            first=span.line_start, last=span.line_end
        ),
    )
    chosen = request.POST.get("dimension", "")
    return redirect(file_url(submission_id, path, span.line_start, span.line_end, chosen))


def _file_page(
    request: PageRequest, mark: Mark, path: str, lines: str, error: JobTwinError | None = None
) -> HttpResponse:
    with _repository(mark.submission) as repository:
        content = repository.read(path)
        modes = {entry.path: entry.mode for entry in repository.entries()}
    if content is None:
        raise NotFound("the submitted commit has no such file")
    asked, names = parse_range(lines), hidden_names(mark.submission)
    with hiding(names):  # before highlighting tears a name into tokens
        file = shown_file(path, content, asked)
    as_notebook = path.endswith(".ipynb") and not is_range(lines) and len(content) <= MAX_FILE_BYTES
    context = {
        "mark": mark,
        "submission": mark.submission,
        "path": path,
        "is_link": modes[path] == LINK_MODE,
        "picture": raster_of(content),
        "notebook": notebook_of(content) if as_notebook else None,
        "file": file,
        "asked": asked if is_range(lines) else None,
        "max_lines": MAX_SPAN_LINES,
        "dimensions": mark.submission.attempt.brief_version.brief.rubric.dimensions,
        "chosen": request.POST.get("dimension") or request.GET.get("for", ""),
        "error": sentence(error) if error else "",
    }
    with hiding(names):
        return render(request, "file.html", context, status=status_of(error, form=True) if error else 200)


def _span(path: str, lines: str) -> Span:
    first, last = parse_range(lines)
    try:
        return Span(path, first, last)
    except ValueError:
        raise BadInput(f"quote 1 to {MAX_SPAN_LINES} lines, the first before the last") from None


@contextmanager
def _repository(submission: Submission) -> Iterator[Repository]:
    """The kept repository of a submission. Where it is missing that is our fault: raises OutsideFailure."""
    try:
        repository = platform.artefacts().open(submission.pk, submission.commit)
    except (BadSource, OSError) as error:
        raise OutsideFailure("the files of this submission are not at hand", retry=True) from error
    with repository:
        yield repository
