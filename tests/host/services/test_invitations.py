"""Invitations: one address, once, for a while; and the audit that tells of them."""

from datetime import timedelta

import pytest

from jobtwin.core.errors import BadInput, NotAllowed, NotFound, Refused

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def test_the_invited_address_takes_the_role_once() -> None:
    from jobtwin.services.invitation import accept_invitation, invite
    from jobtwin.store.models import AuditEntry, Invitation, Role
    from jobtwin.store.queries.programme import holds
    from tests.host.people import NOW, everybody

    people = everybody()
    programme = people.olga.memberships.get().programme
    made, text = invite(
        programme=programme, email=" Sam@Example.org ", role=Role.MENTOR, actor=people.olga, now=NOW
    )
    assert made.email == "sam@example.org"
    assert text not in str(Invitation.objects.values())
    accept_invitation(text=text, person=people.sam, now=NOW)
    assert holds(people.sam, Role.MENTOR, programme)
    with pytest.raises(NotFound, match="was used"):
        accept_invitation(text=text, person=people.sam, now=NOW)
    acts = list(AuditEntry.objects.filter(subject=f"invitation {made.pk}").order_by("pk"))
    assert [(one.what, one.actor) for one in acts] == [
        ("invited", people.olga),
        ("invitation_accepted", people.sam),
    ]


def test_a_link_that_was_passed_on_and_an_unverified_address_open_nothing() -> None:
    from allauth.account.models import EmailAddress

    from jobtwin.services.invitation import accept_invitation, invite
    from jobtwin.store.models import Role
    from tests.host.people import NOW, everybody

    people = everybody()
    programme = people.olga.memberships.get().programme
    _, text = invite(
        programme=programme, email="sam@example.org", role=Role.OPERATOR, actor=people.olga, now=NOW
    )
    with pytest.raises(NotAllowed, match="another e-mail address"):
        accept_invitation(text=text, person=people.ada, now=NOW)
    EmailAddress.objects.filter(user=people.sam).update(verified=False)
    with pytest.raises(NotAllowed):
        accept_invitation(text=text, person=people.sam, now=NOW)
    EmailAddress.objects.create(user=people.ada, email="SAM@example.org".lower(), verified=False)
    with pytest.raises(NotAllowed):
        accept_invitation(text=text, person=people.ada, now=NOW)


def test_expired_withdrawn_and_unknown_links_are_told_alike() -> None:
    from jobtwin.services.invitation import DAYS, invite, open_invitation, withdraw_invitation
    from jobtwin.store.models import Role
    from tests.host.people import NOW, everybody
    from tests.host.services.test_programmes import closed

    olga = everybody().olga
    programme = olga.memberships.get().programme
    made, text = invite(programme=programme, email="a@b.example", role=Role.MENTOR, actor=olga, now=NOW)
    told = set()
    for other, at in ((text, NOW + timedelta(days=DAYS)), ("unknown", NOW), ("\udcff", NOW)):
        with pytest.raises(NotFound) as error:
            open_invitation(text=other, now=at)
        told.add(error.value.message)
    with pytest.raises(NotFound):
        withdraw_invitation(programme=closed(), invitation_id=made.pk, actor=olga, now=NOW)
    withdraw_invitation(programme=programme, invitation_id=made.pk, actor=olga, now=NOW)
    with pytest.raises(NotFound) as error:
        open_invitation(text=text, now=NOW)
    assert told == {error.value.message}
    with pytest.raises(Refused):
        withdraw_invitation(programme=programme, invitation_id=made.pk, actor=olga, now=NOW)


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a b@example.org", "a@example.org\nBcc: x@y.z", "x\0@y.zz"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    from jobtwin.services.invitation import invite
    from jobtwin.store.models import Role
    from tests.host.people import NOW
    from tests.host.services.test_programmes import closed

    with pytest.raises(BadInput):
        invite(programme=closed(), email=email, role=Role.MENTOR, actor=None, now=NOW)


@pytest.mark.parametrize("verb", ["UPDATE {} SET what = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_nothing_is_taken_out_of_the_audit(verb: str) -> None:
    from django.db import ProgrammingError, connection

    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(verb.format("store_auditentry"))
