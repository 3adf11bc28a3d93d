"""The operator's page of a programme, and the link that an invited person follows."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

PAGE = "/operations/programmes/default"
RULES = {"do": "rules", "title": "Exams", "enrolment": "open", "release": "held", "marking_cap": "3"}


@pytest.fixture
def people() -> "People":
    from jobtwin.services.brief import publish_brief
    from tests.host.people import NOW, everybody, exam

    publish_brief(brief=exam(), now=NOW)
    return everybody()


def test_olga_invites_a_mentor_who_follows_the_link_after_signing_in(people: "People") -> None:
    from jobtwin.store.models import Role
    from jobtwin.store.queries.programme import programmes_with
    from tests.host.web.visits import client, text_of

    olga = client(people.olga)
    page = text_of(olga.post(PAGE, {"do": "invite", "email": "sam@example.org", "role": "mentor"}))
    link = re.search(r"<code class=\"path\">http://127.0.0.1:8000(/invitations/[\w-]+)</code>", page)
    assert link is not None
    assert link[1] not in text_of(olga.get(PAGE))
    assert client().get(link[1]).headers["Location"] == f"/accounts/login/?next={link[1]}"
    assert client(people.ada).post(link[1]).status_code == 403
    sam = client(people.sam)
    assert "as a mentor" in text_of(sam.get(link[1]))
    assert sam.post(link[1]).status_code == 302
    assert programmes_with(people.sam, Role.MENTOR).count() == 1
    assert sam.get(link[1]).status_code == 404


def test_olga_changes_the_rules_and_every_act_is_on_the_page(people: "People") -> None:
    from jobtwin.store.models import Invitation, Programme
    from tests.host.web.visits import client, text_of

    olga = client(people.olga)
    assert olga.post(PAGE, RULES).status_code == 302
    found = Programme.objects.get()
    assert (found.release, found.hide_learners, found.marking_cap) == ("held", False, 3)
    assert "Release all results" in text_of(olga.get(PAGE))
    assert olga.post(PAGE, {"do": "release"}).status_code == 302
    assert olga.post(PAGE, {"do": "release"}).status_code == 409
    olga.post(PAGE, {"do": "invite", "email": "x@example.org", "role": "mentor"})
    invitation = Invitation.objects.get()
    olga.post(PAGE, {"do": "withdraw_invitation", "invitation": invitation.pk})
    olga.post(PAGE, {"do": "remove", "person": "kit@example.org", "role": "mentor"})
    offer = found.offers.get()
    olga.post(PAGE, {"do": "withdraw_offer", "offer": offer.pk})
    assert client().get("/briefs/small").status_code == 404
    olga.post(PAGE, {"do": "offer", "offer": offer.pk})
    page = text_of(olga.get(PAGE))
    for act in (
        "rules_changed", "results_released", "invited", "invitation_withdrawn", "member_removed",
        "offer_withdrawn", "brief_offered",
    ):  # fmt: skip
        assert act.replace("_", " ") in page


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 422),
        ({"do": "invite", "email": "no", "role": "mentor"}, 422),
        ({"do": "invite", "email": "a@b.example", "role": "god"}, 422),
        ({"do": "remove", "person": "olga@example.org", "role": "operator"}, 409),
        ({"do": "remove", "person": "nobody\0@example.org", "role": "mentor"}, 404),
        ({"do": "offer", "offer": "1e9"}, 404),
        ({"do": "offer", "offer": "9" * 30}, 404),
        ({"do": "withdraw_invitation", "invitation": "x"}, 404),
        ({**RULES, "marking_cap": "many"}, 422),
        ({**RULES, "title": ""}, 422),
    ],
)
def test_what_cannot_be_done_is_told_on_the_page(form: dict[str, str], status: int, people: "People") -> None:
    from tests.host.web.visits import client

    assert client(people.olga).post(PAGE, form).status_code == status


def test_another_programme_is_not_there_for_olga(people: "People") -> None:
    from jobtwin.services.programme import add_member
    from jobtwin.store.models import Offer, Role
    from tests.host.services.test_programmes import closed, offered
    from tests.host.web.visits import client, text_of

    harbour = closed()
    offered(harbour)
    olga, address = client(people.olga), "/operations/programmes/harbour"
    assert olga.get(address).status_code == 404
    for do in ("rules", "invite", "release", "remove", "offer"):
        assert olga.post(address, {"do": do}).status_code == 404
    add_member(programme=harbour, person=people.kit, role=Role.OPERATOR)
    kit = client(people.kit)
    assert "Harbour school" in text_of(kit.get(address))
    assert kit.get(PAGE).status_code == 404
    offer = Offer.objects.get(programme__slug="default").pk
    assert kit.post(address, {"do": "withdraw_offer", "offer": offer}).status_code == 404
    assert "olga@example.org" not in text_of(kit.get("/operations/"))
