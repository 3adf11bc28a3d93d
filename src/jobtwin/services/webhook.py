"""Endpoints of webhooks: making them, their secrets, turning them off and on, trying again by hand."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction

from jobtwin.core.errors import BadInput, Conflict, Refused
from jobtwin.core.event import EVENTS, TEST, event_body
from jobtwin.core.webhook import SECRET_BYTES, new_secret
from jobtwin.outside.target import parse_target
from jobtwin.services.audit import record_act
from jobtwin.store import platform
from jobtwin.store.models import Delivery, Endpoint, Person, Programme
from jobtwin.store.models.webhook import MAX_URL
from jobtwin.store.sealing import WEBHOOKS, seal, unseal

Random = Callable[[int], bytes]
BY_HAND = "an operator turned it off"


def add_endpoint(
    *,
    programme: Programme,
    url: str,
    events: Iterable[str],
    actor: Person,
    now: datetime,
    random: Random = platform.random_bytes,
) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is never shown again.

    Raises BadInput for an address that is not public and https or an unknown event, Conflict for one that is
    there, Refused over the most that a programme may have.
    """
    address, chosen, rules = _address(url), _chosen(events), platform.webhook_rules()
    secret = new_secret(random(SECRET_BYTES))
    try:
        with transaction.atomic():
            Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
            if Endpoint.objects.filter(programme=programme).count() >= rules.endpoints:
                raise Refused(f"a programme has at most {rules.endpoints} webhooks", code="too_many_webhooks")
            endpoint = Endpoint.objects.create(
                programme=programme,
                url=address,
                events=chosen,
                secret=seal(secret, purpose=WEBHOOKS),
                made_by=actor,
                made_at=now,
            )
            _record(endpoint, "webhook_added", actor, now, {"url": address, "events": chosen})
    except IntegrityError as error:
        raise Conflict("this programme has a webhook to that address already") from error
    return endpoint, secret


def choose_events(*, endpoint: Endpoint, events: Iterable[str], actor: Person, now: datetime) -> None:
    """Which events go there from now on. Raises BadInput for none, or an unknown one."""
    chosen = _chosen(events)
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(events=chosen)
        _record(endpoint, "webhook_changed", actor, now, {"events": chosen})
    endpoint.refresh_from_db()


def rotate_secret(
    *,
    endpoint: Endpoint,
    leaked: bool = False,
    actor: Person,
    now: datetime,
    random: Random = platform.random_bytes,
) -> str:
    """A new secret, shown this once; the former one signs beside it for the overlap, unless it leaked.

    Raises Conflict while an overlap runs: a third secret would end one that a receiver may still use.
    """
    secret = new_secret(random(SECRET_BYTES))
    until = now + timedelta(hours=platform.webhook_rules().overlap_hours)
    with transaction.atomic():
        locked = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
        if not leaked and locked.former_until is not None and now < locked.former_until:
            raise Conflict("two secrets are valid now; wait until the former one ends, or say that it leaked")
        locked.former_secret = "" if leaked else locked.secret
        locked.former_until = None if leaked else until
        locked.secret = seal(secret, purpose=WEBHOOKS)
        locked.save(update_fields=["secret", "former_secret", "former_until"])
        _record(locked, "webhook_secret_rotated", actor, now, {"leaked": leaked})
    endpoint.refresh_from_db()
    return secret


def signing_secrets(*, endpoint: Endpoint, now: datetime) -> list[str]:
    """What signs a delivery at `now`, the newest first. Raises OutsideFailure where they cannot be read."""
    kept = [endpoint.secret]
    if endpoint.former_until is not None and now < endpoint.former_until:
        kept.append(endpoint.former_secret)
    return [unseal(one, purpose=WEBHOOKS) for one in kept]


def turn_off(*, endpoint: Endpoint, actor: Person, now: datetime) -> None:
    """No event goes there any more, and none is kept for it. Raises Conflict where it is off already."""
    with transaction.atomic():
        on = Endpoint.objects.filter(pk=endpoint.pk, turned_off_at__isnull=True)
        if not on.update(turned_off_at=now, off_reason=BY_HAND):
            raise Conflict("this webhook is off already")
        _record(endpoint, "webhook_turned_off", actor, now)
    endpoint.refresh_from_db()


def turn_on(*, endpoint: Endpoint, actor: Person, now: datetime) -> None:
    """Events go there again, first those that still wait. Raises Conflict where it is on already."""
    with transaction.atomic():
        off = Endpoint.objects.filter(pk=endpoint.pk, turned_off_at__isnull=False)
        if not off.update(turned_off_at=None, off_reason="", failing_since=None):
            raise Conflict("this webhook is on already")
        _record(endpoint, "webhook_turned_on", actor, now)
    endpoint.refresh_from_db()


def send_test(*, endpoint: Endpoint, actor: Person, now: datetime) -> Delivery:
    """Queues an event that speaks of nothing. Raises Refused where the endpoint is off."""
    _require_on(endpoint)
    with transaction.atomic():
        made = Delivery.objects.create(
            endpoint=endpoint,
            kind=TEST,
            key=str(uuid4()),
            body=event_body(TEST, at=now, data={"programme": endpoint.programme.slug}),
            at=now,
            next_try_at=now,
        )
        _record(endpoint, "webhook_tested", actor, now)
    return made


def resend(*, delivery: Delivery, actor: Person, now: datetime) -> None:
    """Sends a delivery again, under its id, with all tries anew. Raises Refused where the endpoint is off."""
    _require_on(delivery.endpoint)
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(
            next_try_at=now, tries=0, delivered_at=None, given_up_at=None
        )
        _record(delivery.endpoint, "webhook_resent", actor, now, {"delivery": str(delivery.pk)})
    delivery.refresh_from_db()


def resend_failed(*, endpoint: Endpoint, actor: Person, now: datetime) -> int:
    """Sends everything again that did not get through; how many. Raises Refused where the endpoint is off."""
    _require_on(endpoint)
    failed = Delivery.objects.filter(endpoint=endpoint, delivered_at__isnull=True, tries__gt=0)
    with transaction.atomic():
        count = failed.update(next_try_at=now, tries=0, given_up_at=None)
        _record(endpoint, "webhook_resent", actor, now, {"deliveries": count})
    return count


def _require_on(endpoint: Endpoint) -> None:
    if endpoint.turned_off_at is not None:
        raise Refused("this webhook is off; turn it on first", code="webhook_off")


def _address(url: str) -> str:
    address = parse_target(url, development=platform.webhook_rules().development).url
    if len(address) > MAX_URL:
        raise BadInput(f"the address has more than {MAX_URL} characters once it is encoded")
    return address


def _chosen(events: Iterable[str]) -> list[str]:
    given = set(events)
    if not given or not given <= set(EVENTS):
        raise BadInput(f"choose events: {', '.join(EVENTS)}", code="bad_events")
    return [one for one in EVENTS if one in given]


def _record(
    endpoint: Endpoint,
    what: str,
    actor: Person,
    now: datetime,
    facts: dict[str, object] | None = None,
) -> None:
    record_act(
        actor=actor,
        programme=endpoint.programme,
        what=what,
        subject=f"webhook {endpoint.pk}",
        facts=facts,
        now=now,
    )
