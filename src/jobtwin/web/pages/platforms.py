"""Learning platforms of an operator's programmes: what to paste into them, and what to copy from them."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import BadInput, JobTwinError
from jobtwin.services.lti import (
    MAX_DEPLOYMENTS,
    Registration,
    change_platform,
    register_platform,
    rotate_key,
    turn_platform,
)
from jobtwin.store.models import LtiPlatform, Role
from jobtwin.store.queries.lti import newest_grades, operated_platform, platforms_of
from jobtwin.store.queries.programme import operated, programmes_with
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.errors import sentence, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def platforms(request: PageRequest) -> HttpResponse:
    """All platforms, the addresses that they ask for, and a form that registers one."""
    if request.method != "POST":
        return _listing(request)
    try:
        programme = operated(request.user, request.POST.get("programme", "")[:40])
        made = register_platform(
            programme=programme, registration=_registration(request), actor=request.user, now=request.now
        )
    except JobTwinError as error:
        return _listing(request, error)
    messages.success(request, gettext("{title} is registered.").format(title=made.title))
    return redirect("platform", platform_id=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def one(request: PageRequest, platform_id: UUID) -> HttpResponse:
    """One platform: what was copied, its newest scores, turning it off and on."""
    found = operated_platform(request.user, platform_id)
    if request.method != "POST":
        return _one(request, found)
    try:
        _act(request, found)
    except JobTwinError as error:
        return _one(request, found, error)
    return redirect("platform", platform_id=found.pk)


def _act(request: PageRequest, found: LtiPlatform) -> None:
    actor, now = request.user, request.now
    match request.POST.get("do"):
        case "change":
            change_platform(found=found, registration=_registration(request), actor=actor, now=now)
            messages.success(request, gettext("The registration is changed."))
        case "off" | "on" as state:
            turn_platform(found=found, on=state == "on", actor=actor, now=now)
            messages.success(
                request,
                gettext("The platform is turned on.")
                if state == "on"
                else gettext("The platform is turned off."),
            )
        case "rotate":
            rotate_key(actor=actor, programme=found.programme, now=now)
            messages.success(
                request, gettext("A new key signs from now on. Platforms read it by themselves.")
            )
        case _:
            raise BadInput("choose what to do with the platform")


def _registration(request: PageRequest) -> Registration:
    posted = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    deployments = request.POST.get("deployments", "").split("\n")
    return Registration(
        deployments=tuple(line.strip() for line in deployments if line.strip()),
        instructors_mentor=request.POST.get("instructors_mentor") == "yes",
        **posted,
    )


_FIELDS = ("title", "issuer", "client_id", "authorize_url", "key_set_url", "token_url")


def _listing(request: PageRequest, error: JobTwinError | None = None) -> HttpResponse:
    context: dict[str, object] = {
        "platforms": platforms_of(request.user),
        "programmes": programmes_with(request.user, Role.OPERATOR),
        "posted": request.POST if error else {},
    }
    return _page(request, "platforms.html", context, error)


def _one(request: PageRequest, found: LtiPlatform, error: JobTwinError | None = None) -> HttpResponse:
    kept = {name: getattr(found, name) for name in _FIELDS}
    kept |= {"deployments": "\n".join(found.deployments), "instructors_mentor": found.instructors_mentor}
    context = {
        "platform": found,
        "grades": newest_grades(found),
        "people": found.users.count(),
        "posted": request.POST if error else kept,
    }
    return _page(request, "platform.html", context, error)


def _page(
    request: PageRequest, template: str, context: dict[str, object], error: JobTwinError | None
) -> HttpResponse:
    addresses = [
        (gettext("Login initiation"), "lti_login"),
        (gettext("Redirect or launch, also for deep linking"), "lti_launch"),
        (gettext("Key set (JWKS)"), "lti_keys"),
    ]
    shown = context | {
        "addresses": [(label, settings.JOBTWIN.origin + reverse(name)) for label, name in addresses],
        "max_deployments": MAX_DEPLOYMENTS,
        "error": sentence(error) if error else "",
    }
    return render(request, template, shown, status=status_of(error, form=True) if error else 200)
