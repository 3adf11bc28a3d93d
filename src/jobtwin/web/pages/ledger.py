"""Ledgers as files: an operator's list, exports and proofs; a mentor's own ledger."""

import tempfile
import zipfile
from pathlib import Path
from typing import IO

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobtwin.core.errors import BadInput, NotFound
from jobtwin.proofs.ledger_files import FILES
from jobtwin.store import platform
from jobtwin.store.models import Ledger, Role
from jobtwin.store.queries.ledger import consistency, export_ledger, inclusion, ledgers_of, require_small
from jobtwin.web.access import PageRequest, mentors_only, operators_only

PAGE = 50
LARGEST = 100_000
"""Entries of a ledger that a page still makes a file of; larger ones are exported in a terminal."""
MOST_DIGITS = 15


@require_safe
@operators_only
def ledgers(request: PageRequest) -> HttpResponse:
    """The ledgers of the operator's mentors: how many entries, and what waits for the second signature."""
    rows = ledgers_of(request.user)
    after = request.GET.get("after", "")
    found = list((rows.filter(pk__gt=_number(after)) if after else rows)[: PAGE + 1])
    context = {
        "ledgers": found[:PAGE],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "mentors_too": request.user.memberships.filter(role=Role.MENTOR).exists(),
        "witnessed": bool(platform.outside_witness()),
        "alone": not platform.outside_witness() and len(platform.signers()) == 1,
    }
    return render(request, "ledgers.html", context)


@require_safe
@operators_only
def ledger_file(request: PageRequest, name: str) -> HttpResponse:
    """One ledger's export as a ZIP file."""
    return _zipped(_one(request, name))


@require_safe
@operators_only
def ledger_proof(request: PageRequest, name: str) -> HttpResponse:
    """That an entry (`?entry=`) is in the newest checkpoint, or that it continues an older one (`?from=`)."""
    ledger, entry, old = _one(request, name), request.GET.get("entry", ""), request.GET.get("from", "")
    found = inclusion(ledger, _number(entry)) if entry else consistency(ledger, _number(old))
    return JsonResponse({"ledger": ledger.name, "origin": ledger.origin, **found})


@require_safe
@mentors_only
def own_ledger(request: PageRequest) -> HttpResponse:
    """A mentor's own ledger as a ZIP file. Raises NotFound before the first seal."""
    found = Ledger.objects.filter(mentor=request.user).first()
    if found is None:
        raise NotFound("you have sealed nothing yet")
    return _zipped(found)


def _one(request: PageRequest, name: str) -> Ledger:
    found = ledgers_of(request.user).filter(name=name).first()
    if found is None:
        raise NotFound("there is no such ledger")
    return found


def _zipped(ledger: Ledger) -> HttpResponse:
    require_small(ledger, LARGEST)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
        export_ledger(ledger, Path(folder))
        _write_zip(file, Path(folder), ledger.name)
        file.seek(0)
        response = HttpResponse(file.read(), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="ledger-{ledger.name}.zip"'
    return response


def _write_zip(file: IO[bytes], folder: Path, name: str) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(FILES):
            archive.write(folder / one, f"{name}/{one}")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise BadInput("give a number: ?entry=0, or ?from=1")
    return int(text)
