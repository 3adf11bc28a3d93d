"""Where a webhook and a delivery stand, in words."""

from django.utils.html import format_html

from jobtwin.store.models import Delivery, Endpoint
from jobtwin.web.templatetags.exam import moment


def endpoint_words(endpoint: Endpoint) -> str:
    """On, failing since when, or off and why."""
    if endpoint.turned_off_at is not None:
        return format_html("off since {}: {}", moment(endpoint.turned_off_at), endpoint.off_reason)
    if endpoint.failing_since is not None:
        return format_html("on, failing since {}", moment(endpoint.failing_since))
    return "on"


def delivery_words(delivery: Delivery) -> str:
    """Taken, given up, or when it is tried next."""
    if delivery.delivered_at is not None:
        return format_html("taken {}", moment(delivery.delivered_at))
    if delivery.given_up_at is not None:
        return format_html("given up after {} tries", delivery.tries)
    if delivery.tries:
        return format_html("{} tries failed, next {}", delivery.tries, moment(delivery.next_try_at))
    return "waits"
