"""The operator's pages of briefs: import, preview, publish, retire."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from jobtwin.core.brief import Brief
from jobtwin.core.errors import BadBrief, BadInput, JobTwinError
from jobtwin.services.brief import publish_brief, retire_brief
from jobtwin.source.brief import BriefLimits, read_brief
from jobtwin.store.models import Programme, Role
from jobtwin.store.queries.brief import published_version
from jobtwin.store.queries.operations import all_briefs
from jobtwin.store.queries.programme import operated, programmes_with
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.errors import sentence, status_of

NAME = "the brief"


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def manage(request: PageRequest) -> HttpResponse:
    """All versions, and a form: a brief is looked at first, then published as it was looked at."""
    if request.method != "POST":
        return _page(request)
    text = ""
    try:
        text = _posted_text(request)
        brief = read_brief(text, name=NAME)
        if request.POST.get("do") != "publish":
            return _page(request, text=text, preview=brief)
        publish_brief(brief=brief, programme=_programme(request), by=request.user, now=request.now)
    except JobTwinError as error:
        return _page(request, text=text, error=error)
    messages.success(
        request,
        gettext("{title}, version {version}, is published.").format(title=brief.title, version=brief.version),
    )
    return redirect("manage_briefs")


@require_POST
@operators_only
def retire(request: PageRequest, brief_id: str, version: int) -> HttpResponse:
    """Offers a version no more."""
    retire_brief(version=published_version(brief_id, version), by=request.user, now=request.now)
    messages.success(
        request,
        gettext("Version {version} of {brief} is retired. Attempts at it go on.").format(
            version=version, brief=brief_id
        ),
    )
    return redirect("manage_briefs")


def _programme(request: PageRequest) -> Programme:
    """The operator's programme in which it is offered: the one named, else their first."""
    slug = request.POST.get("programme", "")
    first = programmes_with(request.user, Role.OPERATOR).first()
    return operated(request.user, slug) if slug or first is None else first


def _posted_text(request: PageRequest) -> str:
    """The file where one was sent, else the text field. Raises BadInput for what is no text."""
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        return request.POST.get("text", "").replace("\r\n", "\n")
    limit = BriefLimits().max_bytes
    try:
        return bytes(sent.read(limit + 1)).decode()
    except UnicodeDecodeError as error:
        raise BadInput("the file is not text in UTF-8") from error


def _page(
    request: PageRequest, *, text: str = "", preview: Brief | None = None, error: JobTwinError | None = None
) -> HttpResponse:
    context = {
        "versions": all_briefs(request.user),
        "programmes": programmes_with(request.user, Role.OPERATOR),
        "programme": request.POST.get("programme", ""),
        "text": text,
        "brief": preview,
        "preview": preview is not None,
        "error": sentence(error) if error and not isinstance(error, BadBrief) else "",
        "problems": error.problems if isinstance(error, BadBrief) else (),
    }
    return render(request, "briefs.html", context, status=status_of(error, form=True) if error else 200)
