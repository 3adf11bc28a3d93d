"""A person's own data: take it along, or erase the account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import JobTwinError
from jobtwin.services.erasure import erase_person
from jobtwin.web.access import PageRequest, freshly_confirmed, signed_in
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.taking_along import data_response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def data(request: PageRequest) -> HttpResponseBase:
    """What there is; POST gives all of it as one file."""
    if request.method != "POST":
        return render(request, "data.html")
    return _archive(request)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_confirmed
def erase(request: PageRequest) -> HttpResponse:
    """What erasing means; POST erases, for good. Asks for the password or second factor first."""
    if request.method != "POST":
        return render(request, "erase.html")
    try:
        erase_person(person=request.user, confirmation=request.POST.get("address", ""), now=request.now)
    except JobTwinError as error:
        return render(request, "erase.html", {"error": sentence(error)}, status=status_of(error, form=True))
    logout(request)
    messages.success(request, gettext("Your account is erased."))
    return redirect("catalogue")


def _archive(request: PageRequest) -> HttpResponseBase:
    try:
        return data_response(request.user, request.now)
    except JobTwinError as error:
        context = {"error": sentence(error)}
        return render(request, "data.html", context, status=status_of(error, form=True))
