"""Learning platforms: registering them, our keys for them, and their keys."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from jobtwin.core.errors import BadInput, Conflict, OutsideFailure, Refused
from jobtwin.lti.launch import MAX_TEXT, BadLaunch
from jobtwin.lti.signing import ToolKey, new_key
from jobtwin.outside.target import parse_target
from jobtwin.services.audit import record_act
from jobtwin.store import platform
from jobtwin.store.models import LtiKey, LtiPlatform, Person, Programme
from jobtwin.store.models.lti import MAX_URL
from jobtwin.store.sealing import LTI_KEYS, seal, unseal

MAX_PLATFORMS = 20
"""Most platforms of one programme."""
MAX_DEPLOYMENTS = 50
MAX_TITLE = 120
MAX_KEYS = 50
"""Most keys of a platform that are looked at."""
KEY_SET_DAYS = timedelta(days=1)
"""How long a kept key set is used without asking again."""
ASK_AGAIN = timedelta(minutes=1)
"""A platform is asked for its keys at most this often, whatever messages name."""
OVERLAP = timedelta(days=30)
"""How long a replaced key of ours stays published."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What an operator copies from a platform."""

    title: str
    issuer: str
    client_id: str
    deployments: tuple[str, ...]
    authorize_url: str
    key_set_url: str
    token_url: str = ""
    instructors_mentor: bool = False


def register_platform(
    *, programme: Programme, registration: Registration, actor: Person, now: datetime
) -> LtiPlatform:
    """A platform whose people may come.

    Raises BadInput with what is wrong, Conflict where it is there, Refused over MAX_PLATFORMS.
    """
    columns = _columns(registration)
    try:
        with transaction.atomic():
            Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
            if LtiPlatform.objects.filter(programme=programme).count() >= MAX_PLATFORMS:
                raise Refused(f"a programme has at most {MAX_PLATFORMS} platforms", code="too_many_platforms")
            made = LtiPlatform.objects.create(programme=programme, made_at=now, made_by=actor, **columns)
            _record("lti_registered", made, actor, now)
    except IntegrityError as error:
        raise Conflict("this issuer with this client id is registered already") from error
    signing_key(now=now)
    return made


def change_platform(*, found: LtiPlatform, registration: Registration, actor: Person, now: datetime) -> None:
    """Replaces what was copied; issuer and client id stay, because people are known under them."""
    columns = _columns(registration)
    if (columns.pop("issuer"), columns.pop("client_id")) != (found.issuer, found.client_id):
        raise BadInput("issuer and client id stay: people are known under them; register another platform")
    with transaction.atomic():
        LtiPlatform.objects.filter(pk=found.pk).update(**columns, key_set={}, key_set_at=None)
        _record("lti_changed", found, actor, now)
    found.refresh_from_db()


def turn_platform(*, found: LtiPlatform, on: bool, actor: Person, now: datetime) -> None:
    """Lets nobody come from there, or lets them again; who is who is kept."""
    with transaction.atomic():
        LtiPlatform.objects.filter(pk=found.pk).update(off_at=None if on else now)
        _record("lti_turned_on" if on else "lti_turned_off", found, actor, now)
    found.refresh_from_db()


def signing_key(*, now: datetime) -> ToolKey:
    """The key of ours that signs, made at its first use."""
    kept = LtiKey.objects.filter(ends_at__isnull=True).first() or _make_key(now)
    return ToolKey(kept.kid, unseal(kept.private, purpose=LTI_KEYS))


def rotate_key(*, actor: Person, programme: Programme, now: datetime) -> None:
    """A new key signs from now on; the former ones stay published for OVERLAP."""
    with transaction.atomic():
        LtiKey.objects.filter(ends_at__isnull=True).update(ends_at=now + OVERLAP)
        kid = _make_key(now).kid
        facts = {"kid": kid}
        record_act(
            actor=actor, programme=programme, what="lti_key_rotated", subject="lti key", facts=facts, now=now
        )


def published_keys(*, now: datetime) -> list[ToolKey]:
    """Every key of ours that a platform may still meet."""
    rows = LtiKey.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    return [ToolKey(one.kid, unseal(one.private, purpose=LTI_KEYS)) for one in rows]


def platform_key(*, found: LtiPlatform, kid: str, now: datetime) -> Mapping[str, Any]:
    """A platform's public key by its id: from the kept set, which is asked for anew once it is KEY_SET_DAYS
    old or does not have the id, and at most once in ASK_AGAIN.

    Raises BadLaunch for a key that the platform does not publish, OutsideFailure where it does not answer.
    """
    asked = found.key_set_at
    fresh = asked is not None and now < asked + KEY_SET_DAYS
    key = _key_of(found.key_set, kid)
    if key is not None and fresh:
        return key
    if asked is None or now >= asked + ASK_AGAIN:
        _ask_for_keys(found, now)
        key = _key_of(found.key_set, kid)
    if key is None or not found.key_set:
        raise BadLaunch("the platform does not publish the key that signed this launch", code="lti_signature")
    return key


def _ask_for_keys(found: LtiPlatform, now: datetime) -> None:
    """Takes the right to ask by a conditional UPDATE, so that a flood of launches asks once."""
    mine = LtiPlatform.objects.filter(pk=found.pk, key_set_at=found.key_set_at).update(key_set_at=now)
    if mine:
        try:
            told = platform.outside_client().json(found.key_set_url)
        except OutsideFailure:
            LtiPlatform.objects.filter(pk=found.pk).update(key_set={})
            raise
        keys = told.get("keys") if isinstance(told, dict) else None
        usable = [one for one in keys if isinstance(one, dict)][:MAX_KEYS] if isinstance(keys, list) else []
        LtiPlatform.objects.filter(pk=found.pk).update(key_set={"keys": usable})
    found.refresh_from_db(fields=["key_set", "key_set_at"])


def _key_of(key_set: Mapping[str, Any], kid: str) -> Mapping[str, Any] | None:
    keys: Iterable[Mapping[str, Any]] = key_set.get("keys", ())
    return next((one for one in keys if one.get("kid") == kid and one.get("use", "sig") == "sig"), None)


def _make_key(now: datetime) -> LtiKey:
    made = new_key()
    return LtiKey.objects.create(kid=made.kid, private=seal(made.pem, purpose=LTI_KEYS), made_at=now)


def _columns(registration: Registration) -> dict[str, Any]:
    one = registration
    if not 0 < len(one.title.strip()) <= MAX_TITLE or "\0" in one.title:
        raise BadInput(f"give the platform a name of at most {MAX_TITLE} characters")
    for name, text, most in (("issuer", one.issuer, MAX_URL), ("client id", one.client_id, MAX_TEXT)):
        if not 0 < len(text) <= most or not text.isprintable():
            raise BadInput(f"give the {name} that the platform shows, of at most {most} characters")
    deployments = list(dict.fromkeys(one.deployments))
    if not 0 < len(deployments) <= MAX_DEPLOYMENTS or not all(
        0 < len(text) <= MAX_TEXT and text.isprintable() for text in deployments
    ):
        raise BadInput(f"give 1 to {MAX_DEPLOYMENTS} deployment ids, one a line")
    return {
        "title": one.title.strip(),
        "issuer": one.issuer,
        "client_id": one.client_id,
        "deployments": deployments,
        "authorize_url": _address(one.authorize_url),
        "key_set_url": _address(one.key_set_url),
        "token_url": _address(one.token_url) if one.token_url else "",
        "instructors_mentor": one.instructors_mentor,
    }


def _address(text: str) -> str:
    """Raises BadInput for an address that is not public and https."""
    return parse_target(text, development=platform.outside_client().settings.development).url


def _record(what: str, found: LtiPlatform, actor: Person, now: datetime) -> None:
    facts = {"issuer": found.issuer, "client_id": found.client_id}
    record_act(
        actor=actor,
        programme=found.programme,
        what=what,
        subject=f"platform {found.pk}",
        facts=facts,
        now=now,
    )
