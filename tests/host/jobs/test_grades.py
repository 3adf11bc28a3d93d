"""Scores go back to the platform once a result is shown: signed, once, with back-off."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.lti.platform import CLIENT, DEPLOYMENT, ISSUER, LINEITEM, FakePlatform
from tests.verification.f4.hosts import START

if TYPE_CHECKING:
    from jobtwin.store.models import LtiGrade
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePlatform]:
    from jobtwin.store import platform

    found = FakePlatform()
    monkeypatch.setattr(platform, "outside_client", lambda: found.client)
    yield found
    found.close()


@pytest.fixture
def people(school: FakePlatform) -> "People":
    """Everybody; Ada comes from a platform that asked for her score."""
    from jobtwin.services.lti import Registration, register_platform
    from jobtwin.services.programme import ensure_default_programme
    from jobtwin.store.models import LtiPlacement, LtiUser
    from tests.host.people import NOW, everybody

    found = everybody()
    addresses = (f"{START}auth", f"{START}keys", f"{START}token")
    platform = register_platform(
        programme=ensure_default_programme(),
        registration=Registration("School", ISSUER, CLIENT, (DEPLOYMENT,), *addresses),
        actor=found.olga,
        now=NOW,
    )
    user = LtiUser.objects.create(platform=platform, subject="lea-9", person=found.ada, linked_at=NOW)
    LtiPlacement.objects.create(user=user, brief_id="small", lineitem=LINEITEM, told_at=NOW)
    return found


def decided(people: "People") -> None:
    """Ada's exam, marked by two and signed five hours after NOW."""
    from jobtwin.services.decision import sign_off
    from jobtwin.store.models import Decision
    from tests.host.people import NOW, claimed, sealed, verified, writer

    ledgers, submission = writer(), verified(people.ada)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    sign_off(
        decision=Decision.objects.get(), mentor=people.max, skills={"ops.design": "0.80"},
        now=NOW + timedelta(hours=5), writer=ledgers,
    )  # fmt: skip


def sent(school: FakePlatform, minutes: float) -> int:
    """What a worker does so long after the decision."""
    from jobtwin.jobs.grade import return_grades
    from tests.host.people import NOW

    return return_grades(school.client, lambda: NOW + timedelta(hours=5, minutes=minutes))


def grade() -> "LtiGrade":
    from jobtwin.store.models import LtiGrade

    return LtiGrade.objects.get()


def test_a_shown_result_goes_back_with_a_token_asked_by_a_signed_assertion(
    people: "People", school: FakePlatform
) -> None:
    from urllib.parse import parse_qs

    from joserfc import jwt
    from joserfc.jwk import KeySet, RSAKey

    from jobtwin.lti.signing import public_jwk
    from jobtwin.services.lti import published_keys
    from tests.host.people import NOW

    assert sent(school, 0) == 0
    decided(people)
    school.say(200, {"access_token": "t0ken", "token_type": "bearer"})
    school.say(204)
    assert sent(school, 0) == 1
    asked, told = school.heard
    form = parse_qs(asked.partition("\r\n\r\n")[2])
    keys = KeySet([RSAKey.import_key(dict(public_jwk(one))) for one in published_keys(now=NOW)])
    claims = jwt.decode(form["client_assertion"][0], keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT, CLIENT, f"{START}token")
    head, _, body = told.partition("\r\n\r\n")
    assert head.startswith("POST /line/3/scores?type=x HTTP/1.1")
    assert "Authorization: Bearer t0ken" in head
    score = json.loads(body)
    assert (score["userId"], score["scoreGiven"], score["scoreMaximum"]) == ("lea-9", 80.0, 100)
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert "comment" not in score
    assert sent(school, 60) == 0


def test_a_result_that_is_held_back_goes_once_it_is_released(people: "People", school: FakePlatform) -> None:
    from jobtwin.services.programme import Rules, change_rules, ensure_default_programme, release_results
    from jobtwin.store.models import LtiGrade
    from tests.host.people import NOW

    programme = ensure_default_programme()
    change_rules(programme=programme, rules=Rules("Exams", release="held"), actor=people.olga, now=NOW)
    decided(people)
    assert not LtiGrade.objects.exists()
    release_results(programme=programme, actor=people.olga, now=NOW + timedelta(hours=6))
    assert grade().score == grade().attempt.submission.decision.overall


def test_a_platform_that_is_down_is_tried_again_later_and_later(
    people: "People", school: FakePlatform
) -> None:
    decided(people)
    assert sent(school, 0) == 0
    first = grade()
    assert (first.tries, first.sent_at) == (1, None)
    assert "gave no answer" in first.problem
    assert sent(school, 0) == 0
    assert grade().tries == 1
    school.say(200, {"access_token": "t"})
    school.say(500)
    assert sent(school, 2) == 0
    assert (grade().tries, grade().problem) == (2, "127.0.0.1 answered with status 500")
    school.say(200, {"access_token": "t"})
    school.say(200)
    assert sent(school, 600) == 1
    assert (grade().problem, grade().given_up_at) == ("", None)


@pytest.mark.parametrize(("status", "content"), [(400, {}), (200, {"access_token": "a\r\nb"}), (200, [])])
def test_a_token_that_is_none_is_told_and_no_score_is_sent(
    people: "People", school: FakePlatform, status: int, content: object
) -> None:
    decided(people)
    school.say(status, content)
    assert sent(school, 0) == 0
    assert len(school.heard) == 1
    assert grade().problem
    assert (grade().given_up_at is not None) == (status == 400)


def test_erasing_an_account_takes_its_platforms_along(people: "People") -> None:
    from jobtwin.services.erasure import erase_person
    from jobtwin.store.models import LtiGrade, LtiPlacement, LtiUser
    from tests.host.people import NOW

    decided(people)
    erase_person(person=people.ada, confirmation="ada@example.org", now=NOW + timedelta(hours=6))
    assert not any(model.objects.exists() for model in (LtiUser, LtiPlacement, LtiGrade))
