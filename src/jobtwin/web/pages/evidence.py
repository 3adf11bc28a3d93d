"""The files of the pinned commit, inert, for mentors who have claimed the submission."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobtwin.core.errors import BadSource, NotFound, OutsideFailure
from jobtwin.source.repository import Repository
from jobtwin.store import platform
from jobtwin.store.models import Submission
from jobtwin.store.queries.desk import own_mark
from jobtwin.web.access import PageRequest, mentors_only
from jobtwin.web.shown.evidence import parse_range, shown_file

PAGE = 500
LINK_MODE = "120000"


@require_safe
@mentors_only
def listing(request: PageRequest, submission_id: UUID) -> HttpResponse:
    """All files of the commit, in pages of PAGE."""
    submission = own_mark(request.user, submission_id).submission
    with _repository(submission) as repository:
        entries = Paginator(repository.entries(), PAGE).get_page(request.GET.get("page"))
        submodules = repository.submodules
    context = {"submission": submission, "entries": entries, "submodules": submodules}
    return render(request, "files.html", context)


@require_safe
@mentors_only
def show(request: PageRequest, submission_id: UUID, path: str) -> HttpResponse:
    """One file, as the commit has it: `?lines=10-20#L10` marks and reaches lines."""
    submission = own_mark(request.user, submission_id).submission
    with _repository(submission) as repository:
        content = repository.read(path)
        modes = {entry.path: entry.mode for entry in repository.entries()}
    if content is None:
        raise NotFound("the submitted commit has no such file")
    context = {
        "submission": submission,
        "path": path,
        "is_link": modes[path] == LINK_MODE,
        "file": shown_file(path, content, parse_range(request.GET.get("lines", ""))),
    }
    return render(request, "file.html", context)


@contextmanager
def _repository(submission: Submission) -> Iterator[Repository]:
    """The kept repository of a submission. Where it is missing that is our fault: raises OutsideFailure."""
    try:
        repository = platform.artefacts().open(submission.pk, submission.commit)
    except (BadSource, OSError) as error:
        raise OutsideFailure("the files of this submission are not at hand", retry=True) from error
    with repository:
        yield repository
