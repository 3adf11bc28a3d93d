"""People by list: what an import would do, and doing it. The same list again does nothing new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from jobtwin.core.errors import BadInput
from jobtwin.core.roster import Roster, Row, parse_roster
from jobtwin.services.audit import record_act
from jobtwin.services.invitation import invite, open_invitations
from jobtwin.store import platform
from jobtwin.store.models import Membership, Person, Programme, Role


class Step(StrEnum):
    """What happens to a row of a list."""

    INVITE = "invite"
    RENEW = "renew"
    INVITED = "invited"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Planned:
    """A row and what happens to it; `text` is the secret of its new link, once it was made."""

    row: Row
    step: Step
    text: str = ""


def read_roster(content: bytes) -> Roster:
    """The list as it is understood, with every mistake; see `core.roster`."""
    return parse_roster(
        content, roles=Role.values, usual_role=Role.LEARNER.value, is_address=is_usable_address
    )


def is_usable_address(text: str) -> bool:
    """Whether mail could go there."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def plan_roster(*, programme: Programme, roster: Roster, renew: bool, now: datetime) -> list[Planned]:
    """What `import_roster` would do now; nothing is changed.

    `renew`: who is invited already gets a new link, and the old one ends.
    """
    members, invited = _members(programme, roster.rows), _invited(programme, now)
    steps = []
    for row in roster.rows:
        if (row.email, row.role) in members:
            step = Step.MEMBER
        elif (row.email, row.role) in invited:
            step = Step.RENEW if renew else Step.INVITED
        else:
            step = Step.INVITE
        steps.append(Planned(row, step))
    return steps


def import_roster(
    *,
    programme: Programme,
    roster: Roster,
    renew: bool,
    actor: Person,
    now: datetime,
    random: Callable[[int], bytes] = platform.random_bytes,
) -> list[Planned]:
    """Invites whoever is neither a member in that role nor invited; all of the list or nothing.

    Raises BadInput for a list with mistakes, Refused over the most open invitations of a programme.
    """
    if roster.problems:
        raise BadInput("the list has mistakes; nobody was invited")
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        done = []
        for one in plan_roster(programme=programme, roster=roster, renew=renew, now=now):
            text = ""
            if one.step is Step.RENEW:
                _end(programme, one.row, now)
            if one.step in (Step.INVITE, Step.RENEW):
                role = Role(one.row.role)
                _, text = invite(
                    programme=programme, email=one.row.email, role=role, actor=actor, now=now, random=random
                )
            done.append(Planned(one.row, one.step, text))
        facts = {step.value: sum(one.step is step for one in done) for step in Step}
        subject = f"programme {programme.slug}"
        record_act(
            actor=actor, programme=programme, what="people_imported", subject=subject, facts=facts, now=now
        )
    return done


def _members(programme: Programme, rows: Sequence[Row]) -> set[tuple[str, str]]:
    """Addresses (the account's, and verified ones) with the role that is held under them."""
    emails = {row.email for row in rows}
    held = Membership.objects.filter(programme=programme)
    own = held.filter(person__email__in=emails).values_list("person__email", "role")
    verified = EmailAddress.objects.filter(verified=True, email__in=emails).values_list("user_id", "email")
    addresses: dict[int, list[str]] = {}
    for person, email in verified:
        addresses.setdefault(person, []).append(email.lower())
    others = held.filter(person__in=addresses).values_list("person_id", "role")
    return set(own) | {(email, role) for person, role in others for email in addresses[person]}


def _invited(programme: Programme, now: datetime) -> set[tuple[str, str]]:
    return set(open_invitations(now).filter(programme=programme).values_list("email", "role"))


def _end(programme: Programme, row: Row, now: datetime) -> None:
    standing = open_invitations(now).filter(programme=programme, email=row.email, role=row.role)
    standing.update(revoked_at=now)
