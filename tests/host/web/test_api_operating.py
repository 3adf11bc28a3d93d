"""Operating by API: extensions, voiding, answers, and everybody's own data as one file."""

import io
import json
import zipfile

import pytest

from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.brief import built_in_brief
from tests.host.services.test_rehearsals import REASON, twin
from tests.host.web.test_api_rehearsal import refusal

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

WHY = "The sandbox was down for an hour."


def test_an_extension_moves_every_lock_and_the_learner_reads_why() -> None:
    from datetime import datetime, timedelta

    from tests.host.twins import Twin
    from tests.host.web.api import caller
    from tests.host.web.clock import at

    exam = Twin.started(built_in_brief("live_incident"))
    olga, ada, own = caller(exam.people.olga), caller(exam.people.ada), f"/attempts/{exam.attempt.pk}"
    path, body = f"/operating{own}", {"kind": "incident", "minutes": 30, "reason": WHY}
    at(minutes=5)
    before = ada.get(own)
    done = olga.do("post", f"{path}/extensions", body, Idempotency_Key="once")
    assert olga.do("post", f"{path}/extensions", body, Idempotency_Key="once") == done
    after = ada.get(own)
    ends = [[datetime.fromisoformat(w["ends_at"]) for w in one["windows"]] for one in (before, after)]
    assert [late - early for early, late in zip(*ends, strict=True)] == [timedelta(minutes=30)] * 2
    assert after["deadline"] == done["attempt"]["deadline"]
    assert [(one["window"], one["reason"]) for one in after["extensions"]] == [("live", WHY)]
    assert [one["what"] for one in ada.get(f"{own}/receipts")["items"]] == ["start", "extend"]
    assert refusal(olga("post", f"{path}/extensions", body | {"window": "none"})) == (400, "bad_input")
    assert refusal(olga("post", f"{path}/extensions", body | {"minutes": 0})) == (400, "invalid_request")
    assert refusal(olga("post", f"{path}/extensions", body | {"minutes": 9_999})) == (409, "extension_limit")


def test_everybody_at_a_version_is_extended_and_who_is_left_out_is_named() -> None:
    from tests.host.people import started
    from tests.host.web.api import caller

    exam = twin()
    done = started(exam.people.sam)
    for _ in range(2):
        body = {"kind": "accommodation", "minutes": 200 * 60, "reason": WHY}
        answer = caller(exam.people.olga).do("post", "/operating/briefs/small/versions/1/extensions", body)
    assert answer["extended"] == []
    assert {one["attempt"] for one in answer["left_out"]} == {str(exam.attempt.pk), str(done.pk)}
    assert "allows" in answer["left_out"][0]["why"]


def test_olga_voids_with_a_reason_and_lists_what_is_hers() -> None:
    from tests.host.web.api import caller

    exam = twin()
    olga, path = caller(exam.people.olga), f"/operating/attempts/{exam.attempt.pk}"
    done = olga.do("post", f"{path}/void", {"reason": WHY})
    assert (done["attempt"]["state"], done["void_reason"]) == ("voided", WHY)
    assert refusal(olga("post", f"{path}/void", {"reason": WHY})) == (409, "conflict")
    (listed,) = olga.get("/operating/attempts")["items"]
    assert (listed["learner"], listed["attempt"]["state"]) == ("ada@example.org", "voided")
    assert caller(exam.people.ada).get(f"/attempts/{exam.attempt.pk}/receipts")["count"] == 2


def test_a_dispute_is_answered_once_by_api() -> None:
    from jobtwin.services.check import record_checks
    from jobtwin.services.dispute import raise_dispute
    from tests.host.web.api import caller

    exam = twin()
    checks = (CheckResult("F1", Reason.TESTS_FAILED, "1 failed."),)
    record_checks(submission=exam.submit(), checks=checks, engine="test", now=exam.now)
    raise_dispute(attempt=exam.attempt, check_id="F1", reason=REASON, now=exam.now)
    olga, path = caller(exam.people.olga), f"/operating/attempts/{exam.attempt.pk}"
    assert [one["check"] for one in olga.get(path)["disputes"]] == ["F1"]
    done = olga.do("post", f"{path}/disputes/F1/answer", {"answer": "The font is there."})
    assert done["answer"] == "The font is there."
    assert refusal(olga("post", f"{path}/disputes/F1/answer", {"answer": "No, not so."})) == (409, "conflict")


def test_another_programmes_operator_finds_nothing() -> None:
    from jobtwin.services.person import add_person
    from jobtwin.services.programme import Rules, create_programme
    from jobtwin.store.models import Role
    from tests.host.web.api import caller

    exam = twin()
    elsewhere = create_programme(slug="elsewhere", rules=Rules("Elsewhere"))
    otto = caller(add_person(email="otto@example.org", name="Otto", role=Role.OPERATOR, programme=elsewhere))
    assert otto.get("/operating/attempts")["count"] == 0
    assert otto("post", f"/operating/attempts/{exam.attempt.pk}/void", {"reason": WHY}).status_code == 404
    everybody = {"kind": "incident", "minutes": 5, "reason": WHY}
    assert otto("post", "/operating/briefs/small/versions/1/extensions", everybody).status_code == 404


def test_a_token_that_operates_wants_the_second_factor_where_operators_do() -> None:
    import dataclasses

    from django.conf import settings
    from django.test import override_settings

    from jobtwin.config.sign_in import SignIn
    from jobtwin.store.models import ApiToken
    from tests.host.people import everybody
    from tests.host.web.visits import client, text_of

    people = everybody()
    form = {"name": "ops", "scope": ["operating:write"], "days": "1"}
    strict = dataclasses.replace(settings.JOBTWIN, sign_in=SignIn(operator_mfa=True))
    with override_settings(JOBTWIN=strict):
        answer = client(people.olga).post("/account/tokens", form)
        assert (answer.status_code, "second factor" in text_of(answer)) == (403, True)
        assert not ApiToken.objects.exists()
    assert client(people.olga).post("/account/tokens", form).status_code == 200
    assert "operating:write" not in text_of(client(people.ada).get("/account/tokens"))


def test_everything_about_a_person_comes_as_one_file_and_not_too_often() -> None:
    from jobtwin.services.personal_data import MOST_A_DAY
    from tests.host.web.api import caller

    exam = twin()
    ada = caller(exam.people.ada)
    answers = [ada("post", "/data-export") for _ in range(MOST_A_DAY)]
    with zipfile.ZipFile(io.BytesIO(vars(answers[0])["read"])) as archive:
        assert json.loads(archive.read("account.json"))["email"] == "ada@example.org"
        assert f"attempts/{exam.attempt.pk}/receipts/start.json" in archive.namelist()
    assert refusal(ada("post", "/data-export")) == (409, "too_often")
