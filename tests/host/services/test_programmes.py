"""Programmes: roles, offers and rules hold in one and say nothing in another."""

from typing import TYPE_CHECKING

import pytest

from jobtwin.core.errors import BadInput, Conflict, NotAllowed, NotFound, Refused

if TYPE_CHECKING:
    from jobtwin.store.models import BriefVersion, Person, Programme

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def closed(slug: str = "harbour", **rules: object) -> "Programme":
    """A programme for invited learners."""
    from jobtwin.services.programme import Rules, create_programme
    from jobtwin.store.models import Enrolment

    given = {"title": "Harbour school", "enrolment": Enrolment.INVITED} | rules
    return create_programme(slug=slug, rules=Rules(**given))  # type: ignore[arg-type]  # plain values


def offered(programme: "Programme") -> "BriefVersion":
    """The small exam, offered by this programme alone."""
    from jobtwin.services.brief import publish_brief
    from tests.host.people import NOW, exam

    return publish_brief(brief=exam(), now=NOW, programme=programme)


def learner(programme: "Programme", name: str) -> "Person":
    from jobtwin.services.person import add_person
    from jobtwin.store.models import Role

    return add_person(email=f"{name}@harbour.example", name=name, role=Role.LEARNER, programme=programme)


def test_everybody_learns_in_the_default_programme_and_only_the_invited_in_a_closed_one() -> None:
    from jobtwin.services.attempt import start_attempt
    from jobtwin.store.queries.brief import brief_version, offered_briefs
    from tests.host.people import NOW, everybody, started

    sam = everybody().sam
    harbour = closed()
    version, lea = offered(harbour), learner(harbour, "lea")
    assert [offered_briefs(one) for one in (None, sam, lea)] == [[], [], [version]]
    for known in (None, sam):
        with pytest.raises(NotFound):
            brief_version("small", 1, known)
    with pytest.raises(NotFound, match="does not offer you"):
        start_attempt(learner=sam, brief_version=version, programme=harbour, now=NOW)
    with pytest.raises(NotFound, match="does not offer you"):
        start_attempt(learner=lea, brief_version=version, now=NOW)
    assert start_attempt(learner=lea, brief_version=version, programme=harbour, now=NOW).programme == harbour
    assert started(sam).programme.slug == "default"


def test_a_second_programme_is_no_second_attempt() -> None:
    from jobtwin.services.attempt import start_attempt
    from tests.host.people import NOW, everybody, started

    ada, harbour = everybody().ada, closed(enrolment="open")
    started(ada)
    with pytest.raises(Conflict, match="no re-attempts"):
        start_attempt(learner=ada, brief_version=offered(harbour), programme=harbour, now=NOW)


def test_a_withdrawn_version_is_not_started_and_publishing_again_does_not_bring_it_back() -> None:
    from jobtwin.services.programme import offer_brief, withdraw_offer
    from jobtwin.store.queries.brief import offered_briefs
    from tests.host.people import NOW

    harbour = closed(enrolment="open")
    version = offered(harbour)
    withdraw_offer(programme=harbour, version=version, now=NOW)
    with pytest.raises(Refused):
        withdraw_offer(programme=harbour, version=version, now=NOW)
    assert offered(harbour) == version
    assert offered_briefs() == []
    offer_brief(programme=harbour, version=version, now=NOW)
    assert offered_briefs() == [version]


def test_a_mentor_finds_and_claims_only_in_their_own_programmes() -> None:
    from jobtwin.services.mark import claim_submission
    from jobtwin.services.programme import add_member
    from jobtwin.store.models import Role
    from jobtwin.store.queries.mark import waiting_for
    from tests.host.people import NOW, everybody, verified

    people, harbour = everybody(), closed()
    submission = verified(people.ada)
    iris = learner(harbour, "iris")
    add_member(programme=harbour, person=iris, role=Role.MENTOR)
    assert (waiting_for(people.max).count(), waiting_for(iris).count()) == (1, 0)
    with pytest.raises(NotAllowed, match="of its programme"):
        claim_submission(submission=submission, mentor=iris, no_conflict=True, now=NOW)


def test_a_marking_cap_bounds_what_one_mentor_holds_unsealed() -> None:
    from jobtwin.services.programme import Rules, change_rules
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer

    people = everybody()
    first, second = verified(people.ada), verified(people.sam)
    change_rules(programme=first.attempt.programme, rules=Rules("Exams", marking_cap=1), actor=None, now=NOW)
    second.attempt.programme.refresh_from_db()
    first.attempt.programme.refresh_from_db()
    mark = claimed(first, people.max)
    with pytest.raises(Refused, match="1 unsealed claims") as told:
        claimed(second, people.max)
    assert told.value.code == "marking_cap"
    sealed(mark, "0.80", writer())
    claimed(second, people.max)


def test_held_results_are_shown_to_nobody_until_all_are_released() -> None:
    from jobtwin.services.programme import Rules, change_rules, release_results
    from jobtwin.store.queries.attempt import attempts_of, own_attempt
    from jobtwin.store.queries.decision import result_of
    from jobtwin.store.queries.issued import live_credentials_of
    from tests.host.people import NOW
    from tests.host.services.test_credentials import passed

    attempt = passed().attempt
    ada, programme = attempt.learner, attempt.programme
    change_rules(programme=programme, rules=Rules("Exams", release="held"), actor=None, now=NOW)
    assert result_of(own_attempt(ada, attempt.pk)) is None
    assert [one.decided_at for one in attempts_of(ada)] == [None]
    assert live_credentials_of(ada) == []
    release_results(programme=programme, actor=None, now=NOW)
    assert result_of(own_attempt(ada, attempt.pk)) is not None
    assert len(live_credentials_of(ada)) == 1
    with pytest.raises(Refused, match="not held back"):
        release_results(programme=programme, actor=None, now=NOW)


def test_an_operator_sees_nothing_of_another_programme() -> None:
    from jobtwin.services.programme import add_member
    from jobtwin.store.models import Role
    from jobtwin.store.queries.issued import newest_issued, operated_credential
    from jobtwin.store.queries.operations import all_briefs, attempt_counts, everybody, newest_attempts
    from jobtwin.store.queries.programme import operated, programmes_with
    from tests.host.people import NOW
    from tests.host.services.test_credentials import passed

    credential, harbour = passed(), closed()
    otto = learner(harbour, "otto")
    add_member(programme=harbour, person=otto, role=Role.OPERATOR)
    assert [one.email for one in everybody(otto)] == ["otto@harbour.example"]
    assert not newest_attempts(otto).exists()
    assert not newest_issued(otto).exists()
    assert not all_briefs(otto).exists()
    assert set(attempt_counts(programmes_with(otto, Role.OPERATOR), NOW).values()) == {0}
    with pytest.raises(NotFound):
        operated_credential(otto, credential.pk)
    with pytest.raises(NotFound):
        operated(otto, "default")
    assert operated(otto, "harbour") == harbour


def test_the_last_operator_stays() -> None:
    from jobtwin.services.programme import remove_member
    from jobtwin.store.models import Role
    from tests.host.people import NOW, everybody

    people = everybody()
    programme = people.olga.memberships.get().programme
    with pytest.raises(Refused, match="last operator"):
        remove_member(programme=programme, person=people.olga, role=Role.OPERATOR, actor=None, now=NOW)
    with pytest.raises(NotFound):
        remove_member(programme=programme, person=people.sam, role=Role.MENTOR, actor=None, now=NOW)
    remove_member(programme=programme, person=people.kit, role=Role.MENTOR, actor=None, now=NOW)
    assert not people.kit.memberships.exists()


@pytest.mark.parametrize("slug", ["", "Harbour", "-x", "x-", "a/b", "x" * 41, "ä"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(slug: str) -> None:
    with pytest.raises(BadInput):
        closed(slug)


@pytest.mark.parametrize(
    "rules",
    [
        {"title": " "},
        {"title": "x" * 121},
        {"title": "\0"},
        {"enrolment": "?"},
        {"release": "?"},
        {"marking_cap": 0},
        {"marking_cap": 1001},
    ],
)
def test_rules_that_cannot_be_are_refused(rules: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        closed("harbour", **rules)


def test_a_name_is_taken_once() -> None:
    closed()
    with pytest.raises(Conflict):
        closed()
