"""The operator's pages of issued credentials: revoke, issue again, suspend, lift."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from jobtwin.core.errors import BadInput, JobTwinError
from jobtwin.services.credential import (
    MAX_REASON,
    lift_suspension,
    reissue_credential,
    revoke_credential,
    suspend_credential,
)
from jobtwin.store.models import Credential
from jobtwin.store.queries.issued import Issued, newest_issued, operated_credential
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.shown.credential import check_now, state_of

PAGE = 50


@require_safe
@operators_only
def listing(request: PageRequest) -> HttpResponse:
    """The issued credentials of the own programmes, the newest first."""
    page = Paginator(newest_issued(request.user), PAGE).get_page(request.GET.get("credentials"))
    return render(
        request, "issued.html", {"credentials": page, "rows": [_row(one) for one in page.object_list]}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def operate(request: PageRequest, credential_id: UUID) -> HttpResponse:
    """One credential, and what an operator may do with it; every act but lifting takes a reason."""
    issued = operated_credential(request.user, credential_id)
    if request.method != "POST":
        return _page(request, issued)
    try:
        after = _act(request, issued.credential)
    except JobTwinError as error:
        return _page(request, issued, error)
    return redirect("operate_credential", credential_id=after.pk)


def _act(request: PageRequest, credential: Credential) -> Credential:
    reason, actor, now = request.POST.get("reason", ""), request.user, request.now
    match request.POST.get("do"):
        case "revoke":
            revoke_credential(credential=credential, reason=reason, actor=actor, now=now)
            messages.success(request, gettext("Revoked. The status list says so from now on."))
        case "reissue":
            credential = reissue_credential(credential=credential, reason=reason, actor=actor, now=now)
            messages.success(
                request, gettext("Issued again; the former credential is revoked and leads here.")
            )
        case "suspend":
            suspend_credential(credential=credential, reason=reason, actor=actor, now=now)
            messages.success(request, gettext("Suspended: its page says that it is under appeal."))
        case "lift":
            lift_suspension(credential=credential, actor=actor, now=now)
            messages.success(request, gettext("The suspension is lifted."))
        case _:
            raise BadInput("choose what to do with the credential")
    return credential


def _page(request: PageRequest, issued: Issued, error: JobTwinError | None = None) -> HttpResponse:
    context = {
        "credential": issued.credential,
        "issued": issued,
        "state": state_of(issued, check_now(issued.credential, request.now)),
        "max_reason": MAX_REASON,
        "error": sentence(error) if error else "",
        "posted": request.POST,
    }
    return render(request, "issued_one.html", context, status=status_of(error, form=True) if error else 200)


def _row(credential: Credential) -> tuple[Credential, str]:
    if credential.revoked_at is not None:
        return credential, "revoked"
    return credential, "under appeal" if credential.suspended_at is not None else "live"
