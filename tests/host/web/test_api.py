"""The API as a program meets it: an exam from start to seal, once, with receipts and problems."""

import json

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


def published() -> None:
    from jobtwin.services.brief import publish_brief
    from tests.host.people import NOW, exam

    publish_brief(brief=exam(), now=NOW)


def test_an_exam_from_start_to_submission_with_a_receipt_of_every_step() -> None:
    from datetime import UTC, datetime

    from jobtwin.core.canonical import digest
    from jobtwin.proofs.receipt_verify import verify_receipt
    from jobtwin.services.submission import submit_attempt
    from jobtwin.store.models import Attempt
    from tests.host.people import COMMIT, everybody
    from tests.host.web.api import caller, draft, started_at
    from tests.host.web.clock import at

    people = everybody()
    published()
    ada = caller(people.ada)
    attempt = started_at(ada)
    saved = ada.do("post", f"{attempt}/drafts", draft(answers={"F1": "yes"}))
    assert saved["draft"]["version"] == 1
    saved = ada.do("patch", f"{attempt}/self-checks", {"base_version": 1, "answers": {"F3": "no"}})
    assert saved["draft"] == ada.get(f"{attempt}/drafts/2")
    assert (saved["draft"]["answers"], saved["draft"]["notes"]) == ({"F1": "yes", "F3": "no"}, "Hello.")
    content = {name: saved["draft"][name] for name in ("source", "notes", "answers")}
    assert saved["receipt"]["document"]["receipt"]["content"] == digest(content)
    submit_attempt(
        attempt=Attempt.objects.get(), source="https://git.example.org/ada/capstone", commit=COMMIT,
        development_source=False, answers=content["answers"], draft_version=2, now=at(hours=3),
    )  # fmt: skip
    listed = ada.get(f"{attempt}/receipts")["items"]
    assert [(one["what"], one["draft_version"]) for one in listed] == [
        ("start", 0), ("draft", 1), ("draft", 2), ("submit", 2),
    ]  # fmt: skip
    keys = json.dumps(ada.get("/receipt-keys")).encode()
    for one in listed:
        document = json.dumps(ada.get(f"{attempt}/receipts/{one['id']}")).encode()
        assert verify_receipt(document, keys=keys, now=datetime(2027, 1, 1, tzinfo=UTC)).valid
        assert not any(name in json.dumps(one["document"]["receipt"]) for name in ("Ada", "ada@", "example"))


def test_a_second_program_is_told_instead_of_overwriting() -> None:
    from tests.host.people import everybody
    from tests.host.web.api import caller, draft, started_at

    people = everybody()
    published()
    ada = caller(people.ada)
    attempt = started_at(ada)
    ada.do("post", f"{attempt}/drafts", draft(notes="first"))
    answer = ada("post", f"{attempt}/drafts", draft(notes="second"))
    assert (answer.status_code, answer.json()["code"]) == (409, "draft_conflict")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert ada.get(f"{attempt}/drafts")["count"] == 1
    assert ada.get(f"{attempt}/drafts/1")["notes"] == "first"


def test_the_same_key_gives_the_same_answer_and_does_the_work_once() -> None:
    from tests.host.people import everybody
    from tests.host.web.api import caller, draft, started_at

    people = everybody()
    published()
    ada, sam = caller(people.ada), caller(people.sam)
    attempt = started_at(ada)
    first = ada("post", f"{attempt}/drafts", draft(), Idempotency_Key="k1")
    again = ada("post", f"{attempt}/drafts", draft(), Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert ada.get(f"{attempt}/drafts")["count"] == 1
    other = ada("post", f"{attempt}/drafts", draft(notes="other"), Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert sam("post", f"{attempt}/drafts", draft(), Idempotency_Key="k1").status_code == 404


def test_a_refusal_is_not_kept_and_a_key_is_forgotten_after_a_day() -> None:
    from jobtwin.store.models import IdempotencyRecord
    from tests.host.people import everybody
    from tests.host.web.api import caller, draft, started_at
    from tests.host.web.clock import at

    people = everybody()
    published()
    ada = caller(people.ada)
    attempt = started_at(ada)
    assert ada("post", f"{attempt}/drafts", draft(base_version=4), Idempotency_Key="k").status_code == 409
    ada.do("post", f"{attempt}/drafts", draft(), Idempotency_Key="k")
    at(hours=26)
    again = ada("post", f"{attempt}/drafts", draft(base_version=1), Idempotency_Key="k")
    assert (again.status_code, again.json()["draft"]["version"]) == (201, 2)
    assert IdempotencyRecord.objects.count() == 1
    for key in ("", "x" * 201, "a b", "\u00e9"):
        answer = ada("post", f"{attempt}/drafts", draft(base_version=2), Idempotency_Key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")


def test_nothing_is_accepted_at_the_deadline_and_an_answer_can_still_be_asked_for() -> None:
    from tests.host.people import everybody
    from tests.host.web.api import caller, draft, started_at
    from tests.host.web.clock import at

    people = everybody()
    published()
    ada = caller(people.ada)
    attempt = started_at(ada)
    at(hours=2 + 336, microseconds=-1)
    ada.do("post", f"{attempt}/drafts", draft(), Idempotency_Key="last")
    at(hours=2 + 336)
    for body in (draft(base_version=1), draft(base_version=0)):
        answer = ada("post", f"{attempt}/drafts", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
    assert ada("post", f"{attempt}/submission", {"version": 1}).json()["code"] == "too_late"
    assert ada("post", f"{attempt}/drafts", draft(), Idempotency_Key="last").status_code == 201
    assert ada.get(attempt)["state"] == "expired"


def test_what_cannot_be_submitted_is_told_with_its_code() -> None:
    from tests.host.people import everybody
    from tests.host.web.api import caller, draft, started_at

    people = everybody()
    published()
    ada = caller(people.ada)
    attempt = started_at(ada)

    def refused(**body: object) -> tuple[int, str]:
        answer = ada("post", f"{attempt}/submission", body)
        return answer.status_code, answer.json()["code"]

    assert refused(version=1) == (409, "no_source")
    ada.do("post", f"{attempt}/drafts", draft(source="http://127.0.0.1/x.git"))
    assert refused(version=2) == (409, "conflict")
    assert refused(version=1) == (400, "private_address")
    assert ada("get", f"{attempt}/submission").json()["code"] == "not_submitted"
    assert ada("get", f"{attempt}/result").json()["code"] == "no_result"


def test_a_mentor_claims_scores_and_seals() -> None:
    from tests.host.people import everybody, verified
    from tests.host.web.api import caller
    from tests.host.web.clock import at
    from tests.host.web.visits import DIMENSIONS

    people = everybody()
    submission = verified(people.ada)
    at(hours=3)
    max_ = caller(people.max)
    assert [one["submission"] for one in max_.get("/marking")["items"]] == [str(submission.pk)]
    path = f"/marking/{submission.pk}"
    assert max_("post", f"{path}/claim", {"no_conflict": False}).status_code == 409
    max_.do("post", f"{path}/claim", {"no_conflict": True}, Idempotency_Key="c")
    max_.do("post", f"{path}/claim", {"no_conflict": True}, Idempotency_Key="c")
    assert max_.get("/marking")["count"] == 0
    marks = {"scores": dict.fromkeys(DIMENSIONS, "0.8"), "comments": dict.fromkeys(DIMENSIONS, "Seen.")}
    assert max_("put", f"{path}/mark", {**marks, "scores": {"quality": "0.81"}}).json()["code"] == "bad_score"
    saved = max_.do("put", f"{path}/mark", marks)
    assert saved["scores"] == dict.fromkeys(DIMENSIONS, "0.80")
    assert max_.do("post", f"{path}/first-pass")["first_pass"] == saved["scores"]
    assert max_("post", f"{path}/seal", {"seen": "yesterday"}).status_code == 409
    assert max_.do("post", f"{path}/seal", {"seen": saved["saved_at"]})["sealed_at"]
    assert max_("put", f"{path}/mark", marks).status_code == 409
    desk = max_.get(path)
    assert desk["sealed"] == []
    assert desk["commit"] == submission.commit


def test_a_decided_exam_shows_its_learner_everything_and_names_no_mentor() -> None:
    from tests.host.web.api import caller
    from tests.host.web.test_api_access import finished

    arguments, people = finished()
    ada = caller(people["ada"])  # type: ignore[arg-type]  # a person
    result = ada.get(f"/attempts/{arguments['attempt_id']}/result")
    assert (result["passed"], result["overall"], len(result["marks"])) == (True, "0.80", 2)
    assert result["skills"] == [{"id": "ops.design", "title": "Design", "weight": "0.80"}]
    assert not any(name in json.dumps(result) for name in ("Max", "Noor", "max@", "noor@"))
    progress = ada.get(f"/attempts/{arguments['attempt_id']}/progress")
    assert progress["done"]
    assert [one["verdict"] for one in progress["checks"]] == ["confirmed", "inconclusive"]


def test_progress_goes_on_from_its_cursor() -> None:
    from jobtwin.services.check import record_event
    from tests.host.people import NOW, everybody, submitted
    from tests.host.web.api import caller

    people = everybody()
    submission = submitted(people.ada)
    ada, path = caller(people.ada), f"/attempts/{submission.attempt_id}/progress"
    assert ada.get(path) | {"checks": []} == {"done": False, "cursor": 0, "steps": [], "checks": []}
    for text in ("one", "two"):
        record_event(submission=submission, phase="F1", kind="log", text=text, now=NOW)
    first = ada.get(path)
    assert [one["text"] for one in first["steps"]] == ["one", "two"]
    record_event(submission=submission, phase="F1", kind="log", text="three", now=NOW)
    rest = ada.get(f"{path}?after={first['cursor']}")
    assert [one["text"] for one in rest["steps"]] == ["three"]


def test_lists_come_in_pages_with_bounds() -> None:
    from tests.host.people import everybody
    from tests.host.web.api import caller, draft, started_at

    people = everybody()
    published()
    ada = caller(people.ada)
    attempt = started_at(ada)
    for version in range(3):
        ada.do("post", f"{attempt}/drafts", draft(base_version=version))
    part = ada.get(f"{attempt}/drafts?limit=2&offset=1")
    assert (part["count"], [one["version"] for one in part["items"]]) == (3, [2, 1])
    for wrong in ("limit=0", "limit=101", "offset=-1", "offset=100001", "limit=x"):
        assert ada("get", f"{attempt}/drafts?{wrong}").json()["code"] == "invalid_request"


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"", b"\xff", b'{"base_version": 0, "notes": "\\u0000"}',
        b'{"base_version": 0, "notes": "\\ud800"}', b'{"base_version": 1e400}', b"[" * 5000,
        b'{"base_version": 99999999999999999999}', b'{"base_version": 0, "answers": {"F1": "maybe"}}',
        b'{"base_version": 0, "answers": {"\\u0000": "yes"}}',
    ],
)  # fmt: skip
def test_a_hostile_body_is_a_problem_and_never_a_fault(body: bytes) -> None:
    from django.test import Client

    from tests.host.people import everybody
    from tests.host.web.api import caller, started_at

    people = everybody()
    published()
    ada = caller(people.ada)
    attempt = started_at(ada)
    visitor = Client(raise_request_exception=False)
    answer = visitor.generic(
        "POST", f"/api/v1{attempt}/drafts", body, content_type="application/json",
        headers={"Authorization": f"Bearer {ada.token}"},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_a_body_over_the_limit_is_a_problem() -> None:
    from tests.host.people import everybody
    from tests.host.web.api import caller, draft, started_at

    people = everybody()
    published()
    ada = caller(people.ada)
    answer = ada("post", f"{started_at(ada)}/drafts", draft(notes="x" * 1_100_000))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_an_unknown_address_and_a_wrong_method_are_problems_too() -> None:
    from tests.host.web.api import Caller

    nowhere, wrong = Caller()("get", "/nowhere"), Caller()("delete", "/briefs")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "GET"
