"""Programmes: making them, their settings, who is in them, what they offer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.errors import BadInput, Conflict, NotFound, Refused
from jobtwin.services.audit import record_act
from jobtwin.services.learner_news import tell_released
from jobtwin.store.models import (
    DEFAULT_SLUG,
    BriefVersion,
    Enrolment,
    Membership,
    Offer,
    Person,
    Programme,
    Release,
    Role,
)

DEFAULT_TITLE = "Open programme"
MAX_TITLE = 120
MAX_CAP = 1_000
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Rules:
    """What an operator sets for a programme; see `store.models.programme`."""

    title: str
    enrolment: str = Enrolment.OPEN
    hide_learners: bool = True
    release: str = Release.SIGNED
    marking_cap: int | None = None


def ensure_default_programme() -> Programme:
    """The default programme, made at its first use: open to everybody, results shown once they are signed."""
    return Programme.objects.get_or_create(slug=DEFAULT_SLUG, defaults={"title": DEFAULT_TITLE})[0]


def create_programme(*, slug: str, rules: Rules) -> Programme:
    """A new programme without people or exams. Raises BadInput, and Conflict where the name is taken."""
    if not _SLUG.fullmatch(slug):
        raise BadInput("a programme's name has 1 to 40 letters, digits and dashes: it stands in addresses")
    _require_usable(rules)
    try:
        with transaction.atomic():
            return Programme.objects.create(slug=slug, **_columns(rules))
    except IntegrityError as error:
        raise Conflict(f"there is a programme {slug} already") from error


def change_rules(*, programme: Programme, rules: Rules, actor: Person | None, now: datetime) -> Programme:
    """Sets the rules of a programme; a result that was shown stays known, whatever the release says now.

    Results that were held back and are not any more are told as by a release.
    """
    _require_usable(rules)
    with transaction.atomic():
        before = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        Programme.objects.filter(pk=programme.pk).update(**_columns(rules))
        _record(programme, "rules_changed", f"programme {programme.slug}", actor, now, _columns(rules))
        if not before.shows_results and rules.release == Release.SIGNED:
            tell_released(programme=programme, now=now)
    programme.refresh_from_db()
    return programme


def release_results(*, programme: Programme, actor: Person | None, now: datetime) -> None:
    """Shows all signed results of a programme that holds them, those to come included; once."""
    done = Programme.objects.filter(pk=programme.pk, release=Release.HELD, released_at__isnull=True)
    with transaction.atomic():
        if not done.update(released_at=now):
            raise Refused("the results of this programme are not held back")
        _record(programme, "results_released", f"programme {programme.slug}", actor, now)
        tell_released(programme=programme, now=now)


def add_member(*, programme: Programme, person: Person, role: Role) -> Membership:
    """Gives a person a role in a programme; again, changes nothing."""
    return Membership.objects.get_or_create(programme=programme, person=person, role=role)[0]


def remove_member(
    *, programme: Programme, person: Person, role: Role, actor: Person | None, now: datetime
) -> None:
    """Takes a role away. Raises Refused for the last operator, NotFound where the person has no such role."""
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        held = Membership.objects.filter(programme=programme, role=role)
        if not held.filter(person=person).exists():
            raise NotFound("this person does not hold that role here")
        if role == Role.OPERATOR and held.count() == 1:
            raise Refused("a programme keeps its last operator; invite another one first")
        held.filter(person=person).delete()
        _record(programme, "member_removed", f"person {person.pk}", actor, now, {"role": role.value})


def offer_brief(
    *, programme: Programme, version: BriefVersion, actor: Person | None = None, now: datetime
) -> Offer:
    """Offers a version in a programme, again where it was withdrawn. Raises Refused for a retired one."""
    if version.retired_at is not None:
        raise Refused("this exam is no longer offered", code="retired")
    with transaction.atomic():
        offer, made = Offer.objects.get_or_create(
            programme=programme, brief_version=version, defaults={"offered_at": now}
        )
        again = Offer.objects.filter(pk=offer.pk, withdrawn_at__isnull=False)
        if made or again.update(offered_at=now, withdrawn_at=None):
            _record(programme, "brief_offered", _brief(version), actor, now)
    offer.refresh_from_db()
    return offer


def withdraw_offer(
    *, programme: Programme, version: BriefVersion, actor: Person | None = None, now: datetime
) -> None:
    """Offers a version no more; whoever has started keeps it. Raises Refused where it is not offered."""
    standing = Offer.objects.filter(programme=programme, brief_version=version, withdrawn_at__isnull=True)
    with transaction.atomic():
        if not standing.update(withdrawn_at=now):
            raise Refused("this programme does not offer that version")
        _record(programme, "offer_withdrawn", _brief(version), actor, now)


def _brief(version: BriefVersion) -> str:
    return f"brief {version.brief_id} {version.version}"


def _record(
    programme: Programme,
    what: str,
    subject: str,
    actor: Person | None,
    now: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    record_act(actor=actor, programme=programme, what=what, subject=subject, facts=facts, now=now)


def _require_usable(rules: Rules) -> None:
    if not rules.title.strip() or len(rules.title) > MAX_TITLE or "\0" in rules.title:
        raise BadInput(f"give the programme a title of at most {MAX_TITLE} characters")
    if rules.enrolment not in Enrolment.values:
        raise BadInput(f"enrolment is one of {', '.join(Enrolment.values)}")
    if rules.release not in Release.values:
        raise BadInput(f"release is one of {', '.join(Release.values)}")
    if rules.marking_cap is not None and not 1 <= rules.marking_cap <= MAX_CAP:
        raise BadInput(f"a marking cap is a number from 1 to {MAX_CAP}")


def _columns(rules: Rules) -> dict[str, object]:
    return {
        "title": rules.title.strip(),
        "enrolment": rules.enrolment,
        "hide_learners": rules.hide_learners,
        "release": rules.release,
        "marking_cap": rules.marking_cap,
    }
