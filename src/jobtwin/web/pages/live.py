"""An exam while it runs, for operators, and its tables as files."""

from datetime import UTC, datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobtwin.core.errors import BadInput
from jobtwin.store.models import Programme, Role
from jobtwin.store.queries.export import MAX_EXPORT_ROWS, TABLES, export_rows
from jobtwin.store.queries.programme import operated, programmes_with
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.shown.live import live_exam
from jobtwin.web.tables import MEDIA, formats, written

EVERY_SECONDS = 20


@require_safe
@operators_only
def live(request: PageRequest) -> HttpResponse:
    """Charts of all own programmes, or of `?programme=`, and the exports."""
    context = _figures(request) | {
        "programmes": programmes_with(request.user, Role.OPERATOR),
        "exports": list(TABLES),
        "formats": formats(),
        "most_rows": MAX_EXPORT_ROWS,
    }
    return render(request, "live.html", context)


@require_safe
@operators_only
def figures(request: PageRequest) -> HttpResponse:
    """The charts alone, which the page asks for every EVERY_SECONDS."""
    return render(request, "parts/live.html", _figures(request))


@require_safe
@operators_only
def export(request: PageRequest, table: str, form: str) -> HttpResponse:
    """A table of the own programmes, from the day `?since=` on."""
    found, rows = export_rows(table, _chosen(request), since=_since(request), now=request.now)
    return HttpResponse(
        written(found, rows, form),
        content_type=MEDIA[form],
        headers={"Content-Disposition": f'attachment; filename="{found.name}.{form}"'},
    )


def _figures(request: PageRequest) -> dict[str, object]:
    return {
        "exam": live_exam(_chosen(request), request.now),
        "chosen": request.GET.get("programme", ""),
        "tables": request.GET.get("tables") == "yes",
        "every": EVERY_SECONDS,
    }


def _chosen(request: PageRequest) -> QuerySet[Programme]:
    own, slug = programmes_with(request.user, Role.OPERATOR).order_by(), request.GET.get("programme", "")
    return own.filter(pk=operated(request.user, slug[:40]).pk) if slug else own


def _since(request: PageRequest) -> datetime:
    text = request.GET.get("since", "")
    try:
        return datetime.fromisoformat(text[:10] or "1970-01-01").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput("give the first day as 2026-12-24") from error
