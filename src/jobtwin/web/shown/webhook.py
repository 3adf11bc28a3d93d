"""Where a webhook and a delivery stand, in words."""

from django.utils.html import format_html
from django.utils.translation import gettext

from jobtwin.store.models import Delivery, Endpoint
from jobtwin.web.templatetags.exam import moment


def endpoint_words(endpoint: Endpoint) -> str:
    """On, failing since when, or off and why."""
    if endpoint.turned_off_at is not None:
        return format_html(
            gettext("off since {moment}: {reason}"),
            moment=moment(endpoint.turned_off_at),
            reason=endpoint.off_reason,
        )
    if endpoint.failing_since is not None:
        return format_html(gettext("on, failing since {moment}"), moment=moment(endpoint.failing_since))
    return gettext("on")


def delivery_words(delivery: Delivery) -> str:
    """Taken, given up, or when it is tried next."""
    if delivery.delivered_at is not None:
        return format_html(gettext("taken {moment}"), moment=moment(delivery.delivered_at))
    if delivery.given_up_at is not None:
        return gettext("given up after {number} tries").format(number=delivery.tries)
    if delivery.tries:
        return format_html(
            gettext("{number} tries failed, next {moment}"),
            number=delivery.tries,
            moment=moment(delivery.next_try_at),
        )
    return gettext("waits")
