"""Rehearsals, disputes and withdrawal by API."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from jobtwin.core.check import CheckResult, Reason
from tests.host.services.test_rehearsals import REASON, REPORT, twin, uploaded

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


def refusal(answer: "Answer") -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json()["code"]


def test_a_saved_version_is_rehearsed_once_and_its_result_is_read() -> None:
    from jobtwin.services.rehearsal import record_rehearsal
    from jobtwin.store.models import Rehearsal
    from tests.host.web.api import caller, draft

    exam = twin(rehearsals=1, submission_modes=["archive"])
    ada, path = caller(exam.people.ada), f"/attempts/{exam.attempt.pk}"
    assert refusal(ada("post", f"{path}/rehearsals", {"version": 1})) == (409, "no_source")
    ada.do("post", f"{path}/drafts", draft(source=uploaded(exam).source))
    assert refusal(ada("post", f"{path}/rehearsals", {"version": 2})) == (409, "conflict")
    made = ada.do("post", f"{path}/rehearsals", {"version": 1}, Idempotency_Key="once")
    assert (made["number"], made["finished_at"], made["checks"]) == (1, None, [])
    assert ada.do("post", f"{path}/rehearsals", {"version": 1}, Idempotency_Key="once") == made
    assert refusal(ada("post", f"{path}/rehearsals", {"version": 1})) == (409, "rehearsing")
    record_rehearsal(rehearsal=Rehearsal.objects.get(), report=REPORT, now=exam.now)
    listed = ada.get(f"{path}/rehearsals")
    found = {"id": "F1", "verdict": "confirmed", "reason": "ok", "summary": "70 passed"}
    assert (listed["count"], listed["allowed"], listed["items"][0]["checks"]) == (1, 1, [found])
    assert refusal(ada("post", f"{path}/rehearsals", {"version": 1})) == (409, "no_rehearsal")
    assert caller(exam.people.sam)("get", f"{path}/rehearsals").status_code == 404


def test_no_host_is_asked_for_a_rehearsal_that_is_not_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    from jobtwin.web import submitting
    from tests.host.web.api import caller, draft

    def ask(_attempt: object, _source: object, *, now: object) -> str:
        raise AssertionError("a host was asked")

    monkeypatch.setattr(submitting, "commit_of", ask)
    exam = twin()
    ada, path = caller(exam.people.ada), f"/attempts/{exam.attempt.pk}"
    ada.do("post", f"{path}/drafts", draft())
    assert refusal(ada("post", f"{path}/rehearsals", {"version": 1})) == (409, "no_rehearsal")


def test_a_refuted_check_is_disputed_by_api_and_the_answer_is_read_there() -> None:
    from jobtwin.services.check import record_checks
    from jobtwin.services.dispute import answer_dispute
    from jobtwin.store.models import Dispute
    from tests.host.web.api import caller

    exam = twin()
    checks = (CheckResult("F1", Reason.TESTS_FAILED, "1 failed."),)
    record_checks(submission=exam.submit(), checks=checks, engine="test", now=exam.now)
    ada, path = caller(exam.people.ada), f"/attempts/{exam.attempt.pk}/disputes"
    assert refusal(ada("post", f"{path}/F1", {"reason": "No!"})) == (400, "invalid_request")
    made = ada.do("post", f"{path}/F1", {"reason": REASON})
    assert (made["check"], made["answer"], made["answered_at"]) == ("F1", "", None)
    assert refusal(ada("post", f"{path}/F1", {"reason": REASON})) == (409, "conflict")
    assert refusal(ada("post", f"{path}/F3", {"reason": REASON})) == (404, "not_found")
    answer_dispute(
        dispute=Dispute.objects.get(), operator=exam.people.olga, answer="The font is there.", now=exam.now
    )
    (listed,) = ada.get(path)["items"]
    assert listed["answer"] == "The font is there."
    assert "olga" not in json.dumps(listed)


def test_withdrawing_wants_a_confirmation_ends_the_attempt_and_gives_a_receipt() -> None:
    from datetime import UTC, datetime

    from jobtwin.proofs.receipt_verify import verify_receipt
    from tests.host.web.api import caller, draft

    exam = twin()
    ada, path = caller(exam.people.ada), f"/attempts/{exam.attempt.pk}"
    assert refusal(ada("post", f"{path}/withdrawal", {"confirm": False})) == (400, "unconfirmed")
    assert ada.get(path)["state"] == "open"
    done: dict[str, Any] = ada.do("post", f"{path}/withdrawal", {"confirm": True})
    assert (done["attempt"]["state"], done["receipt"]["what"]) == ("withdrawn", "withdraw")
    keys = json.dumps(ada.get("/receipt-keys")).encode()
    document = json.dumps(done["receipt"]["document"]).encode()
    assert verify_receipt(document, keys=keys, now=datetime(2027, 1, 1, tzinfo=UTC)).valid
    assert refusal(ada("post", f"{path}/withdrawal", {"confirm": True})) == (409, "withdrawn")
    assert refusal(ada("post", f"{path}/drafts", draft())) == (409, "withdrawn")
