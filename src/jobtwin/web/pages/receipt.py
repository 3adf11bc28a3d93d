"""A learner's receipts: the list, and each as a file to keep."""

import json
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.receipt import own_receipt, receipts_of
from jobtwin.web.access import PageRequest, signed_in

PAGE = 50
MEDIA_TYPE = "application/json"


@require_safe
@signed_in
def receipts(request: PageRequest, attempt_id: UUID) -> HttpResponse:
    """All receipts of an attempt, the newest first, in pages of PAGE."""
    attempt = own_attempt(request.user, attempt_id)
    rows = receipts_of(attempt).order_by("-at", "-draft_version")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"attempt": attempt, "brief": attempt.brief_version.brief, "receipts": page}
    return render(request, "receipts.html", context)


@require_safe
@signed_in
def receipt(request: PageRequest, attempt_id: UUID, receipt_id: UUID) -> HttpResponse:
    """One receipt as a file, which `jobtwin receipt verify` checks offline."""
    found = own_receipt(own_attempt(request.user, attempt_id), receipt_id)
    name = f"receipt-{found.what}{f'-{found.draft_version}' if found.what == 'draft' else ''}.json"
    return HttpResponse(
        json.dumps(found.document, indent=2),
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
