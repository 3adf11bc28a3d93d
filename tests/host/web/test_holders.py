"""The directory of holders: only who asked, only what is live, the highest weight first."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from jobtwin.core.errors import BadInput, Conflict, NotFound

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

PATH = "/holders?skill=ops.design"


def listed_json() -> list[dict[str, object]]:
    from tests.host.web.visits import client

    found: list[dict[str, object]] = client().get("/holders.json?skill=ops.design").json()["holders"]
    return found


def test_a_learner_is_found_only_after_a_consent_of_its_own() -> None:
    from jobtwin.store.models import Listing
    from tests.host.web.test_credential import issue
    from tests.host.web.visits import client, text_of

    made = issue()
    ada, attempt = client(made.people.ada), f"/attempts/{made.credential.attempt_id}"
    assert client().get("/holders.json").json()["skills"] == []
    assert "Nobody stands in the directory yet" in text_of(client().get("/holders"))
    assert client().get(PATH).status_code == 404

    named = {"do": "list", "name": "Ada <b>L.</b>", "link": "https://ada.example/cv"}
    assert ada.post(f"{attempt}/consent", named).status_code == 302
    page = text_of(client().get(PATH))
    for words in (
        "Ada &lt;b&gt;L.&lt;/b&gt;",
        made.path,
        "<strong>0.80</strong>",
        "Its tests pass on a clean clone: <strong>reproduced",
        "agreed",
    ):
        assert words in page
    assert 'href="https://ada.example/cv" rel="nofollow noopener noreferrer ugc"' in page
    assert "too few dimensions were marked twice so far" in page
    row = listed_json()[0]
    facts = {"its tests pass on a clean clone": "confirmed", "its evals run from end to end": "inconclusive"}
    assert (row["weight"], row["facts"]) == ("0.80", facts)

    ada.post(f"{attempt}/consent", {"do": "unlist"})
    assert client().get(PATH).status_code == 404
    assert client().get(made.path).status_code == 200
    withdrawn = Listing.objects.get()
    assert (withdrawn.name, withdrawn.link) == ("", "")
    assert ada.post(f"{attempt}/consent", {"do": "unlist"}).status_code == 409


def test_whoever_takes_a_credential_back_leaves_the_directory_too() -> None:
    from jobtwin.services.consent import give_consent, list_holder, withdraw_consent
    from jobtwin.services.credential import lift_suspension, revoke_credential, suspend_credential
    from jobtwin.store.queries.holder import held_skills
    from tests.host.people import NOW
    from tests.host.web.test_credential import issue

    made = issue()
    own: dict[str, Any] = {"attempt": made.credential.attempt, "learner": made.people.ada, "now": NOW}
    list_holder(**own, name="", link="")
    assert [one.holders for one in held_skills()] == [1]
    suspend_credential(credential=made.credential, reason="An appeal.", now=NOW)
    assert held_skills() == ()
    lift_suspension(credential=made.credential, now=NOW)
    withdraw_consent(**own)
    give_consent(**own)
    assert held_skills() == ()
    list_holder(**own, name="", link="")
    revoke_credential(credential=made.credential, reason="A mistake.", now=NOW)
    assert held_skills() == ()


def test_what_a_compromised_key_signed_is_not_listed() -> None:
    from jobtwin.services.consent import list_holder
    from jobtwin.store import platform
    from jobtwin.store.queries.credential import key_ids
    from jobtwin.store.queries.holder import held_skills
    from tests.host.people import NOW
    from tests.host.web.test_credential import issue

    made = issue()
    list_holder(attempt=made.credential.attempt, learner=made.people.ada, name="", link="", now=NOW)
    assert held_skills()
    platform.key_ring().revoke(key_ids(made.credential)[0], at=NOW, reason="lost")
    assert held_skills() == ()


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("x" * 81, ""),
        ("two\nlines", ""),
        ("", "http://ada.example"),
        ("", "javascript:alert(1)"),
        ("", 'https://ada.example/"onclick='),
        ("", "https://ada@evil.example/"),
        ("", "https://ada.example/" + "x" * 200),
    ],
)
def test_a_name_or_link_that_could_deceive_is_refused(name: str, link: str) -> None:
    from jobtwin.services.consent import list_holder
    from tests.host.people import NOW
    from tests.host.web.test_credential import issue

    made = issue()
    attempt = made.credential.attempt
    with pytest.raises(BadInput):
        list_holder(attempt=attempt, learner=made.people.ada, name=name, link=link, now=NOW)
    with pytest.raises(NotFound):
        list_holder(attempt=attempt, learner=made.people.max, name="", link="", now=NOW)


def test_nobody_is_listed_whose_credential_is_not_public() -> None:
    from jobtwin.services.consent import list_holder
    from tests.host.people import NOW
    from tests.host.web.test_credential import issue

    made = issue(published=False)
    with pytest.raises(Conflict, match="publish the credential first"):
        list_holder(attempt=made.credential.attempt, learner=made.people.ada, name="", link="", now=NOW)


def test_pages_follow_each_other_by_weight_whatever_is_added_meanwhile() -> None:
    from jobtwin.services.consent import give_consent, list_holder
    from jobtwin.store.models import Attempt, Credential, Decision, Person, SkillAssertion, Submission
    from jobtwin.store.queries.holder import PAGE, holders_of
    from tests.host.people import NOW
    from tests.host.web.test_credential import issue
    from tests.host.web.visits import client

    made = issue()
    attempt = made.credential.attempt
    learners = [made.people.ada]
    for place in range(PAGE + 2):  # copies of Ada's exam: nothing here is marked or signed anew
        learner = Person.objects.create(email=f"{place}@example.org", name=f"L{place}")
        fresh = Attempt.objects.get(pk=attempt.pk)
        fresh.pk, fresh.learner, fresh._state.adding = uuid4(), learner, True
        fresh.save()
        submission = Submission.objects.get(attempt=attempt)
        submission.pk, submission.attempt, submission._state.adding = uuid4(), fresh, True
        submission.save()
        decision = Decision.objects.get(submission__attempt=attempt)
        decision.pk, decision.submission, decision._state.adding = None, submission, True
        decision.save()
        for skill in ("ops.design", "ops.other"):
            SkillAssertion.objects.create(
                decision=decision, skill=skill, title=skill, weight=Decimal(60 + place % 3) / 100, ceiling=1
            )
        credential = Credential.objects.get(pk=made.credential.pk)
        credential.pk, credential.attempt, credential._state.adding = uuid4(), fresh, True
        credential.status_index = 1000 + place
        credential.save()
        learners.append(learner)
    for learner in learners:
        own: dict[str, Any] = {"attempt": learner.attempts.get(), "learner": learner, "now": NOW}
        give_consent(**own)
        list_holder(**own, name=learner.name, link="")

    first, place_after = holders_of("ops.design")
    assert place_after is not None
    second, end = holders_of("ops.design", after=place_after)
    assert end is None
    weights = [one.skill.weight for one in (*first, *second)]
    assert len(weights) == PAGE + 3
    assert weights == sorted(weights, reverse=True)
    assert len({one.credential.pk for one in (*first, *second)}) == PAGE + 3
    answer = client().get(f"{PATH}&after={place_after}", headers={"accept": "application/json"})
    assert len(answer.json()["holders"]) == 3
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert client().get(f"{PATH}&after=1.00,x").status_code == 400


def test_every_verdict_is_told_in_words() -> None:
    from jobtwin.store.models import CheckRecord
    from jobtwin.web.shown.reproduced import reproduced
    from tests.host.people import exam

    checks = [
        CheckRecord(check_id=one, verdict=verdict)
        for one, verdict in (("F3", "inconclusive"), ("F1", "refuted"), ("F9", "confirmed"))
    ]
    told = [(one.words, one.told) for one in reproduced(exam(), checks)]
    assert told == [
        ("its tests pass on a clean clone", "tried, and not so"),
        ("its evals run from end to end", "not decided"),
    ]
