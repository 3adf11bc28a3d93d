"""The mentors' pages: blind until both have sealed, then compare, discuss, sign."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from jobtwin.services.ledger import LedgerWriter
    from jobtwin.store.models import Person, Submission
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


@pytest.fixture
def people() -> "People":
    """Everybody, with keys to sign ledgers."""
    from jobtwin.store.platform import make_keys
    from tests.host.people import NOW, everybody
    from tests.host.web.clock import at

    make_keys(now=NOW)
    at(hours=3)
    return everybody()


@pytest.fixture
def submission(people: "People") -> "Submission":
    """Ada's verified submission."""
    from tests.host.people import verified

    return verified(people.ada)


def test_the_second_mentors_pages_are_the_same_before_and_after_the_first_ones_seal(
    people: "People", submission: "Submission"
) -> None:
    from tests.host.web.clock import at
    from tests.host.web.visits import claim, client, mark_form, masked, seal, text_of

    first, second = client(people.max), client(people.noor)
    desk = claim(first, submission)
    at(hours=4)
    claim(second, submission)
    second.post(f"{desk}/save", mark_form("0.70"))
    pages = (desk, f"{desk}/seal", "/marking/", f"{desk}/decision", f"{desk}/files/", "/")

    def look() -> list[tuple[int, str]]:
        answers = [second.get(page) for page in pages]
        return [(answer.status_code, masked(text_of(answer))) for answer in answers]

    look()  # shows the message about the save, once
    before = look()
    first.post(f"{desk}/save", mark_form("0.95", "A secret comment."))
    assert look() == before
    assert seal(first, desk).status_code == 302
    assert look() == before
    assert before[3][0] == 404


def test_the_first_mentor_sees_nothing_of_the_second_after_the_own_seal(
    people: "People", submission: "Submission"
) -> None:
    from tests.host.web.visits import claim, client, mark_form, masked, seal, text_of

    first, second = client(people.max), client(people.noor)
    desk = claim(first, submission)
    first.post(f"{desk}/save", mark_form("0.80"))
    seal(first, desk)
    first.get(desk)
    before = [masked(text_of(first.get(page))) for page in (desk, "/marking/", f"{desk}/decision")]
    claim(second, submission)
    second.post(f"{desk}/save", mark_form("0.70", "A secret comment."))
    assert [masked(text_of(first.get(page))) for page in (desk, "/marking/", f"{desk}/decision")] == before


def test_a_claim_needs_the_declaration_and_leads_to_the_desk(
    people: "People", submission: "Submission"
) -> None:
    from tests.host.web.visits import claim, client, text_of

    visitor = client(people.max)
    assert visitor.post(f"/marking/{submission.pk}/claim").status_code == 409
    assert claim(visitor, submission) == f"/marking/{submission.pk}"
    queue = text_of(visitor.get("/marking/"))
    assert "7 days left" in queue
    assert "Nothing is waiting." in queue
    assert visitor.post(f"/marking/{submission.pk}/claim", {"no_conflict": "yes"}).status_code == 404


def test_the_force_flag_and_its_reason_stand_on_top_of_the_desk(people: "People") -> None:
    from tests.host.people import verified
    from tests.host.web.visits import claim, client, text_of

    answers = {"F1": "no", "F3": "yes"}
    forced = verified(people.sam, answers=answers, force=True, force_reason="One flaky test.")
    visitor = client(people.max)
    assert "submitted in spite of a no" in text_of(visitor.get("/marking/"))
    page = text_of(visitor.get(claim(visitor, forced)))
    assert page.index("Know this first") < page.index("One flaky test.") < page.index("The submission</h2>")
    assert "disagrees with the answer" in page


def test_without_flags_nothing_stands_on_top(people: "People", submission: "Submission") -> None:
    from tests.host.web.visits import claim, client, text_of

    visitor = client(people.max)
    assert "Know this first" not in text_of(visitor.get(claim(visitor, submission)))


def test_the_drafts_verdicts_are_hidden_until_the_first_pass_is_kept(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.store.models import Mark
    from tests.host.web.visits import claim, client, mark_form, text_of

    visitor = client(people.max)
    desk = claim(visitor, submission)
    half = {"score-quality": "0.80"}
    assert visitor.post(f"{desk}/save", half | {"next": "first_pass"}).status_code == 409
    visitor.post(f"{desk}/save", mark_form("0.80"), headers={"accept": "application/json"})
    assert "Draft review: between" not in text_of(visitor.get(desk))
    assert "verdict unclear" not in text_of(visitor.get(desk))
    visitor.post(f"{desk}/save", mark_form("0.80") | {"next": "first_pass"})
    visitor.post(f"{desk}/save", mark_form("0.60"))
    page = text_of(visitor.get(desk))
    assert "Draft review: between" in page
    assert "verdict unclear" in page
    assert "Your first pass was <strong>0.80</strong>" in page
    assert Mark.objects.get().first_pass == {"quality": "0.80", "reflection": "0.80"}


def test_readings_are_kept_once_the_draft_is_shown_and_written_down_with_the_seal(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.store.models import CriterionReading, Mark
    from tests.host.web.visits import claim, client, mark_form, seal, text_of

    visitor = client(people.max)
    desk = claim(visitor, submission)
    read = {"with_readings": "yes", "reading-quality.tests": "met", "reading-quality.prose": "reject"}
    assert visitor.post(f"{desk}/save", mark_form("0.80") | read).status_code == 409
    assert 'name="reading-' not in text_of(visitor.get(desk))
    visitor.post(f"{desk}/save", mark_form("0.80") | {"next": "first_pass"})
    assert visitor.post(f"{desk}/save", mark_form("0.75") | read).status_code == 302
    assert text_of(visitor.get(desk)).count(" checked>") == 2
    visitor.post(f"{desk}/save", mark_form("0.75"))  # a form without choices leaves them as they are
    assert Mark.objects.get().readings == {"quality.tests": "met", "quality.prose": "reject"}
    assert not CriterionReading.objects.exists()
    seal(visitor, desk)
    rows = CriterionReading.objects.order_by("criterion").values_list("criterion", "drafted", "reading")
    assert list(rows) == [("quality.prose", "unclear", "reject"), ("quality.tests", "unclear", "met")]
    assert Mark.objects.get().first_passed_at is not None


def test_a_window_that_is_behind_is_told_and_loses_nothing(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.store.models import Mark
    from tests.host.web.visits import claim, client, mark_form, text_of

    visitor = client(people.max)
    desk = claim(visitor, submission)
    assert 'name="base_version" value="0"' in text_of(visitor.get(desk))
    visitor.post(f"{desk}/save", mark_form("0.80", "From the first window.") | {"base_version": "0"})
    behind = mark_form("0.60", "From the second window.") | {"base_version": "0"}
    page = visitor.post(f"{desk}/save", behind)
    assert (page.status_code, text_of(page).count("From the second window.</textarea>")) == (409, 2)
    assert 'name="base_version" value="1"' in text_of(page)
    script = visitor.post(f"{desk}/save", behind, headers={"accept": "application/json"})
    newest = visitor.get(f"{desk}/state").json()
    assert script.json()["code"] == "mark_conflict"
    assert script.json()["fields"] == newest["fields"]
    assert newest["fields"]["comment-quality"] == "From the first window."
    assert Mark.objects.get().version == newest["version"] == 1
    visitor.post(f"{desk}/save", behind | {"base_version": "1"})
    assert Mark.objects.get().scores == {"quality": "0.60", "reflection": "0.60"}


@pytest.mark.parametrize(("rule", "shown"), [("never", False), ("always", True)])
def test_the_brief_may_show_the_draft_never_or_always(rule: str, shown: bool, people: "People") -> None:
    from jobtwin.core.brief import parse_brief
    from jobtwin.services.attempt import start_attempt
    from jobtwin.services.brief import publish_brief
    from tests.exams import brief_document
    from tests.host.people import NOW, verified
    from tests.host.web.visits import claim, client, mark_form, text_of

    brief = parse_brief(brief_document(marking={"draft_visibility": rule}))
    version = publish_brief(brief=brief, now=NOW)
    attempt = start_attempt(learner=people.sam, brief_version=version, now=NOW)
    visitor = client(people.max)
    desk = claim(visitor, verified(people.sam, attempt=attempt))
    visitor.post(f"{desk}/save", mark_form("0.80") | {"next": "first_pass"})
    assert ("Draft review: between" in text_of(visitor.get(desk))) is shown


def test_a_score_off_the_grid_comes_back_with_everything_that_was_written(
    people: "People", submission: "Submission"
) -> None:
    from tests.host.web.visits import claim, client, mark_form, text_of

    visitor = client(people.max)
    desk = claim(visitor, submission)
    answer = visitor.post(f"{desk}/save", mark_form("0.80", "Long thoughts.") | {"score-quality": "0.83"})
    assert answer.status_code == 422
    assert text_of(answer).count("Long thoughts.</textarea>") == 2
    script = visitor.post(f"{desk}/save", {"score-quality": "nan"}, headers={"accept": "application/json"})
    assert (script.status_code, script.json()["code"]) == (400, "bad_score")


def test_the_seal_needs_everything_and_seals_what_was_looked_at(
    people: "People", submission: "Submission"
) -> None:
    from jobtwin.store.models import Mark
    from tests.host.web.visits import claim, client, mark_form, seal, text_of

    visitor = client(people.max)
    desk = claim(visitor, submission)
    visitor.post(f"{desk}/save", mark_form("0.80") | {"comment-quality": ""})
    assert seal(visitor, desk).status_code == 409
    visitor.post(f"{desk}/save", mark_form("0.80"))
    assert visitor.post(f"{desk}/seal", {"seen": "earlier", "confirm": "yes"}).status_code == 409
    assert visitor.post(f"{desk}/seal", {}).status_code == 422
    assert Mark.objects.get().sealed_at is None
    assert seal(visitor, desk).status_code == 302
    assert visitor.post(f"{desk}/save", mark_form("1.00")).status_code == 409
    assert "You sealed this mark" in text_of(visitor.get(desk))


def test_marks_apart_are_discussed_decided_and_signed(people: "People", submission: "Submission") -> None:
    from jobtwin.store.models import Decision, SkillAssertion
    from tests.host.web.visits import claim, client, mark_form, seal, text_of

    first, second = client(people.max), client(people.noor)
    desk = claim(first, submission)
    claim(second, submission)
    for visitor, score in ((first, "0.90"), (second, "0.70")):
        visitor.post(f"{desk}/save", mark_form(score))
        seal(visitor, desk)
    page = text_of(first.get(f"{desk}/decision"))
    assert "are apart, on different sides of the pass mark" in page
    short = first.post(f"{desk}/discuss", mark_form("0.80") | {"reason": "Hm."})
    assert short.status_code == 422
    for visitor in (first, second):
        visitor.post(f"{desk}/discuss", mark_form("0.80") | {"reason": "We read it together once more."})
    assert Decision.objects.get().route == "discussed"
    assert "Sign the decision" in text_of(first.get(f"{desk}/decision"))
    assert "Sign the decision" not in text_of(second.get(f"{desk}/decision"))
    over = {"assert-safety.review": "yes", "weight-safety.review": "0.95"}
    assert first.post(f"{desk}/sign", {}).status_code == 422
    assert first.post(f"{desk}/sign", over).status_code == 422
    assert second.post(f"{desk}/sign", over).status_code == 403
    first.post(f"{desk}/sign", {"assert-safety.review": "yes", "weight-safety.review": "0.85"})
    assert str(SkillAssertion.objects.get().weight) == "0.85"
    assert "Signed" in text_of(second.get(f"{desk}/decision"))
    result = text_of(client(people.ada).get(f"/attempts/{submission.attempt_id}/result"))
    assert "Passed with 0.80" in result
    assert "Least that still passes" in result
    assert "Evidence that your mentors were shown" not in result  # this draft cites nothing


def test_a_learner_who_failed_is_told_what_would_have_changed_it(
    people: "People", submission: "Submission"
) -> None:
    from tests.host.web.visits import claim, client, mark_form, seal, text_of

    for mentor in (people.max, people.noor):
        visitor = client(mentor)
        desk = claim(visitor, submission)
        visitor.post(f"{desk}/save", mark_form("0.65", "Look at `src/app.py:1-9` again."))
        seal(visitor, desk)
    client(people.max).post(f"{desk}/sign", {})
    result = text_of(client(people.ada).get(f"/attempts/{submission.attempt_id}/result"))
    assert "Not passed with 0.65" in result
    assert "stands 0.10 below the pass mark" in result
    for title, needed in (("Quality", "0.85"), ("Reflection", "0.90")):
        row = f'<th scope="row">{title}</th><td class="number">0.65</td><td class="number">{needed}</td>'
        assert row in result
    assert "Look at <code>src/app.py:1-9</code> again." in result


def test_the_third_mentor_is_blind_and_the_others_wait(people: "People", submission: "Submission") -> None:
    from jobtwin.store.models import Decision
    from tests.host.web.visits import claim, client, mark_form, seal, text_of

    visitors = [client(people.max), client(people.noor)]
    for visitor, score in zip(visitors, ("0.90", "0.60"), strict=True):
        desk = claim(visitor, submission)
        visitor.post(f"{desk}/save", mark_form(score, "Kept from the third."))
        seal(visitor, desk)
    for visitor, score in zip(visitors, ("0.90", "0.60"), strict=True):
        visitor.post(f"{desk}/discuss", mark_form(score) | {"reason": "I stand by my scores."})
    assert "A third mentor marks now" in text_of(visitors[0].get(f"{desk}/decision"))
    third = client(people.kit)
    claim(third, submission)
    assert third.get(f"{desk}/decision").status_code == 404
    assert "Kept from the third." not in text_of(third.get(desk))
    third.post(f"{desk}/save", mark_form("0.75"))
    seal(third, desk)
    assert Decision.objects.get().route == "median_of_three"
    assert "Third mentor" in text_of(visitors[1].get(f"{desk}/decision"))


def test_no_page_of_marking_asks_the_database_more_often_as_it_fills(people: "People") -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jobtwin.services.person import add_person
    from jobtwin.store.models import Role
    from tests.host.people import claimed, sealed, verified, writer
    from tests.host.web.visits import client

    def asked(visitor: "Client", path: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            assert visitor.get(path).status_code == 200
        return len(statements)

    visitor, ledgers, counts = client(people.max), writer(), []
    for batch, size in enumerate((2, 5)):
        names = [f"learner{batch}-{number}@example.org" for number in range(3 * size)]
        submissions = [verified(add_person(email=one, name="", role=Role.LEARNER)) for one in names]
        for one in submissions[:size]:
            claimed(one, people.max)
        for one in submissions[size : 2 * size]:
            for mentor in (people.max, people.noor):
                sealed(claimed(one, mentor), "0.80", ledgers)
        open_one, done = submissions[0], signed(submissions[size], people.max, ledgers)
        assert visitor.get("/marking/").content.count(b"<h3>") == (6, 21)[batch]
        pages = ["/marking/", f"/marking/{open_one.pk}", f"/marking/{done.pk}/decision"]
        result = asked(client(done.attempt.learner), f"/attempts/{done.attempt_id}/result")
        counts.append([asked(visitor, one) for one in pages] + [result])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


def signed(submission: "Submission", mentor: "Person", ledgers: "LedgerWriter") -> "Submission":
    """The submission with its decision signed."""
    from jobtwin.services.decision import sign_off
    from jobtwin.store.models import Decision
    from tests.host.people import NOW

    decision = Decision.objects.select_related("submission__attempt__programme").get(submission=submission)
    sign_off(decision=decision, mentor=mentor, skills={"ops.design": "0.80"}, now=NOW, writer=ledgers)
    submission.attempt.refresh_from_db()
    return submission
