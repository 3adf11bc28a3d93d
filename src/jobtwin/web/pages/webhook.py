"""The operator's pages of webhooks: the receivers of a programme, one with its deliveries, one delivery."""

import json
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import BadInput, JobTwinError
from jobtwin.core.event import EVENTS
from jobtwin.services.webhook import (
    add_endpoint,
    choose_events,
    resend,
    resend_failed,
    rotate_secret,
    send_test,
    turn_off,
    turn_on,
)
from jobtwin.store.models import Delivery, Endpoint, Programme
from jobtwin.store.models.webhook import MAX_URL
from jobtwin.store.platform import webhook_rules
from jobtwin.store.queries.programme import operated
from jobtwin.store.queries.webhook import (
    deliveries_of,
    endpoints_of,
    operated_delivery,
    operated_endpoint,
)
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.errors import sentence, status_of
from jobtwin.web.shown.webhook import delivery_words, endpoint_words

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def listing(request: PageRequest, slug: str) -> HttpResponse:
    """The receivers of a programme; POST adds one and shows its secret, this once."""
    found = operated(request.user, slug)
    if request.method != "POST":
        return _list(request, found)
    try:
        endpoint, secret = add_endpoint(
            programme=found,
            url=request.POST.get("url", ""),
            events=request.POST.getlist("event"),
            actor=request.user,
            now=request.now,
        )
    except JobTwinError as error:
        return _list(request, found, error=error)
    return _one(request, endpoint, secret=secret)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def webhook(request: PageRequest, endpoint_id: UUID) -> HttpResponse:
    """One receiver, its deliveries, and what an operator may do with it."""
    endpoint = operated_endpoint(request.user, endpoint_id)
    if request.method != "POST":
        return _one(request, endpoint)
    try:
        secret = _act(request, endpoint)
    except JobTwinError as error:
        return _one(request, endpoint, error=error)
    return _one(request, endpoint, secret=secret) if secret else redirect("webhook", endpoint_id=endpoint_id)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def delivery(request: PageRequest, delivery_id: UUID) -> HttpResponse:
    """One delivery: what was sent, and what became of each try; POST sends it again."""
    found = operated_delivery(request.user, delivery_id)
    if request.method != "POST":
        return _delivery(request, found)
    try:
        resend(delivery=found, actor=request.user, now=request.now)
    except JobTwinError as error:
        return _delivery(request, found, error=error)
    messages.success(request, gettext("It is sent again within seconds, under the same id."))
    return redirect("webhook_delivery", delivery_id=delivery_id)


def _act(request: PageRequest, endpoint: Endpoint) -> str:
    """Does what the button says; the new secret, which is shown this once, else nothing."""
    actor, now = request.user, request.now
    match request.POST.get("do"):
        case "test":
            send_test(endpoint=endpoint, actor=actor, now=now)
            messages.success(request, gettext("A test event is sent within seconds."))
        case "events":
            choose_events(endpoint=endpoint, events=request.POST.getlist("event"), actor=actor, now=now)
            messages.success(request, gettext("The choice of events is changed."))
        case "retry":
            count = resend_failed(endpoint=endpoint, actor=actor, now=now)
            messages.success(request, gettext("Sent again within seconds: {number}.").format(number=count))
        case "rotate":
            return rotate_secret(endpoint=endpoint, actor=actor, now=now)
        case "leaked":
            return rotate_secret(endpoint=endpoint, leaked=True, actor=actor, now=now)
        case "off":
            turn_off(endpoint=endpoint, actor=actor, now=now)
            messages.success(request, gettext("The webhook is off. Events from now on are not kept for it."))
        case "on":
            turn_on(endpoint=endpoint, actor=actor, now=now)
            messages.success(request, gettext("The webhook is on. What still waits is sent first."))
        case _:
            raise BadInput("choose what to do with the webhook")
    return ""


def _list(request: PageRequest, found: Programme, *, error: JobTwinError | None = None) -> HttpResponse:
    context = {
        "programme": found,
        "endpoints": [(one, endpoint_words(one)) for one in endpoints_of(found)],
        "choices": _choices(request.POST.getlist("event") if error else list(EVENTS)),
        "url": request.POST.get("url", "") if error else "",
        "max_url": MAX_URL,
        "error": sentence(error) if error else "",
    }
    return render(request, "webhooks.html", context, status=status_of(error, form=True) if error else 200)


def _one(
    request: PageRequest, endpoint: Endpoint, *, secret: str = "", error: JobTwinError | None = None
) -> HttpResponse:
    page = Paginator(deliveries_of(endpoint), PAGE).get_page(request.GET.get("deliveries"))
    former = endpoint.former_until
    context = {
        "endpoint": endpoint,
        "words": endpoint_words(endpoint),
        "secret": secret,
        "former_until": former if former is not None and request.now < former else None,
        "overlap": webhook_rules().overlap_hours,
        "choices": _choices(endpoint.events),
        "deliveries": page,
        "rows": [(one, delivery_words(one)) for one in page.object_list],
        "error": sentence(error) if error else "",
    }
    return render(request, "webhook.html", context, status=status_of(error, form=True) if error else 200)


def _delivery(request: PageRequest, found: Delivery, *, error: JobTwinError | None = None) -> HttpResponse:
    context = {
        "delivery": found,
        "words": delivery_words(found),
        "body": json.dumps(found.body, indent=2, ensure_ascii=False, sort_keys=True),
        "error": sentence(error) if error else "",
    }
    status = status_of(error, form=True) if error else 200
    return render(request, "webhook_delivery.html", context, status=status)


def _choices(chosen: list[str]) -> list[tuple[str, str, bool]]:
    return [(kind, known.words, kind in chosen) for kind, known in EVENTS.items()]
