"""The directory of holders: who asked to be found, by skill."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from jobtwin.core.errors import NotFound
from jobtwin.store.queries.holder import Place, held_skills, holders_of
from jobtwin.web.access import PageRequest
from jobtwin.web.public import in_public_language, negotiated, public_file, public_page, varying
from jobtwin.web.shown.holder import HolderRow, agreement_words, holder_rows


@require_safe
@in_public_language
def holders(request: PageRequest) -> HttpResponse:
    """Skills that somebody holds; with one chosen, its holders, as a page or as JSON."""
    context = _context(request)
    if negotiated(request) == "html":
        return varying(public_page(request, "holders.html", context))
    return varying(_json(request, context))


@require_safe
def holders_json(request: PageRequest) -> HttpResponse:
    """The same as JSON."""
    return _json(request, _context(request))


def _context(request: PageRequest) -> dict[str, object]:
    """Raises BadInput for a malformed place, NotFound for a skill that nobody in the directory holds."""
    skills, wanted = held_skills(), request.GET.get("skill", "")
    chosen = next((one for one in skills if one.id == wanted), None)
    if wanted and chosen is None:
        raise NotFound("nobody in the directory holds this skill")
    rows: tuple[HolderRow, ...] = ()
    following: Place | None = None
    if chosen is not None:
        found, following = holders_of(chosen.id, after=Place.read(request.GET.get("after", "")))
        rows = holder_rows(found)
    versions = {row.version.brief_id: row.version for row in rows}
    agreements = [(one.brief.title, agreement_words(one)) for one in versions.values()]
    return {
        "skills": skills,
        "chosen": chosen,
        "rows": rows,
        "agreements": agreements,
        "following": str(following) if following else "",
    }


def _json(request: PageRequest, context: dict[str, object]) -> HttpResponse:
    chosen, rows = context["chosen"], context["rows"]
    assert isinstance(rows, tuple)  # noqa: S101 — made above
    listed = context["skills"]
    assert isinstance(listed, tuple)  # noqa: S101 — made above
    body = {
        "skill": getattr(chosen, "id", None),
        "skills": [{"id": one.id, "title": one.title, "holders": one.holders} for one in listed],
        "holders": [one.as_json() for one in rows],
        "after": context["following"] or None,
    }
    return public_file(request, body, "application/json")
