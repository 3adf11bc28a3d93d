"""Who may do what by the API: every operation of the OpenAPI document is in this table."""

import re
import uuid

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

PEOPLE = ("nobody", "ada", "sam", "max", "noor", "kit", "olga")
"""As in `test_access`: Ada's exam is decided; Max and Noor marked it; Kit mentors too; Olga operates."""

HOOK = "https://hooks.harbour.dev/in"

NONE, NO, GONE, YES, BAD, CLASH = 401, 403, 404, 200, 400, 409

PUBLIC = (YES,) * 7
LEARNERS_OWN = (NONE, YES, GONE, GONE, GONE, GONE, GONE)
LEARNERS_WRITE = (NONE, CLASH, GONE, GONE, GONE, GONE, GONE)
MENTORS = (NONE, NO, NO, YES, YES, YES, NO)
MARKERS_OWN = (NONE, NO, NO, YES, YES, GONE, NO)
OPERATORS = (NONE, NO, NO, NO, NO, NO, YES)
OPERATORS_WRITE = (NONE, NO, NO, NO, NO, NO, CLASH)
MARKERS_WRITE = (NONE, NO, NO, CLASH, CLASH, GONE, NO)

TABLE = {
    "list_briefs": PUBLIC,
    "get_brief": PUBLIC,
    "get_brief_version": PUBLIC,
    "get_receipt_keys": PUBLIC,
    "start_attempt": (NONE, CLASH, 201, 201, 201, 201, 201),
    "list_attempts": (NONE,) + (YES,) * 6,
    "get_attempt": LEARNERS_OWN,
    "list_drafts": LEARNERS_OWN,
    "get_draft": LEARNERS_OWN,
    "save_draft": LEARNERS_WRITE,
    "list_self_checks": LEARNERS_OWN,
    "answer_self_checks": LEARNERS_WRITE,
    "upload_archive": (NONE, 400, GONE, GONE, GONE, GONE, GONE),  # no archive is sent
    "list_rehearsals": LEARNERS_OWN,
    "request_rehearsal": LEARNERS_WRITE,
    "get_submission": LEARNERS_OWN,
    "keep_source_token": LEARNERS_WRITE,
    "remove_source_token": (NONE, YES, GONE, GONE, GONE, GONE, GONE),
    "submit_attempt": LEARNERS_WRITE,
    "get_progress": LEARNERS_OWN,
    "get_result": LEARNERS_OWN,
    "list_disputes": LEARNERS_OWN,
    "raise_dispute": LEARNERS_WRITE,
    "withdraw_attempt": LEARNERS_WRITE,
    "list_receipts": LEARNERS_OWN,
    "get_receipt": LEARNERS_OWN,
    "list_waiting": MENTORS,
    "list_claims": MENTORS,
    "get_desk": MARKERS_OWN,
    "claim_submission": (NONE, NO, NO, GONE, GONE, GONE, NO),
    "save_mark": MARKERS_WRITE,
    "keep_first_pass": MARKERS_WRITE,
    "seal_mark": MARKERS_WRITE,
    "list_operated": OPERATORS,
    "get_operated": OPERATORS,
    "extend_attempt": OPERATORS_WRITE,
    "extend_everybody": (NONE, NO, NO, NO, NO, NO, 201),
    "void_attempt": OPERATORS_WRITE,
    "answer_dispute": (NONE, NO, NO, NO, NO, NO, GONE),  # nothing is disputed
    "list_webhooks": OPERATORS,
    "add_webhook": OPERATORS_WRITE,  # it is there already
    "get_webhook": OPERATORS,
    "change_webhook": OPERATORS,
    "rotate_webhook_secret": (NONE, NO, NO, NO, NO, NO, 201),
    "test_webhook": (NONE, NO, NO, NO, NO, NO, 201),
    "retry_webhook": (NONE, NO, NO, NO, NO, NO, 201),
    "list_deliveries": OPERATORS,
    "get_delivery": OPERATORS,
    "resend_delivery": (NONE, NO, NO, NO, NO, NO, 201),
    "export_data": (NONE,) + (YES,) * 6,
    "get_me": (NONE,) + (YES,) * 6,
    "revoke_own_token": (NONE,) + (YES,) * 6,
}

BODIES: dict[str, object] = {
    "save_draft": {"base_version": 1},
    "answer_self_checks": {"base_version": 1, "answers": {"F1": "no"}},
    "request_rehearsal": {"version": 1},
    "keep_source_token": {"token": "tok_1"},
    "submit_attempt": {"version": 1},
    "raise_dispute": {"reason": "The test needs a font."},
    "withdraw_attempt": {"confirm": True},
    "claim_submission": {"no_conflict": True},
    "extend_attempt": {"kind": "incident", "minutes": 30, "reason": "The sandbox was down."},
    "extend_everybody": {"kind": "incident", "minutes": 30, "reason": "The sandbox was down."},
    "void_attempt": {"reason": "Started by mistake."},
    "answer_dispute": {"answer": "The font is there now."},
    "add_webhook": {"programme": "default", "url": HOOK, "events": ["attempt.started"]},
    "change_webhook": {"events": ["attempt.decided"]},
    "rotate_webhook_secret": {"leaked": True},
    "save_mark": {"scores": {}, "comments": {}},
    "seal_mark": {"seen": ""},
}


def document() -> dict[str, object]:
    """The served OpenAPI document."""
    from tests.host.web.api import Caller

    found: dict[str, object] = Caller().get("/openapi.json")
    return found


def operations() -> dict[str, tuple[str, str]]:
    """Method and path by operation id, from the document."""
    paths = document()["paths"]
    assert isinstance(paths, dict)
    return {
        operation["operationId"]: (method, path.removeprefix("/api/v1"))
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def finished() -> tuple[dict[str, object], dict[str, object]]:
    """The arguments of every operation, pointing at Ada's decided exam; everybody by name."""
    from jobtwin.services.decision import sign_off
    from jobtwin.services.draft import Work, save_draft
    from jobtwin.services.webhook import send_test
    from jobtwin.store.models import Decision, Receipt
    from tests.host.people import NOW, claimed, everybody, sealed, started, verified, writer
    from tests.host.receivers import listening

    people, ledgers = everybody(), writer()
    attempt = started(people.ada)
    save_draft(attempt=attempt, work=Work("https://git.example.org/x", "n", {}), base_version=0, now=NOW)
    submission = verified(people.ada, attempt=attempt, draft_version=1)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    decision, skills = Decision.objects.get(), {"ops.design": "0.80"}
    sign_off(decision=decision, mentor=people.max, skills=skills, now=NOW, writer=ledgers)
    endpoint, _ = listening(url=HOOK)
    tried = send_test(endpoint=endpoint, actor=people.olga, now=NOW)
    arguments: dict[str, object] = {
        "endpoint_id": endpoint.pk,
        "delivery_id": tried.pk,
        "brief_id": "small",
        "version": 1,
        "attempt_id": attempt.pk,
        "submission_id": submission.pk,
        "check_id": "F1",
        "receipt_id": Receipt.objects.get(what="submit").pk,
    }
    return arguments, {"nobody": None, **vars(people)}


def address(path: str, arguments: dict[str, object]) -> str:
    """A path of the document with its arguments filled in."""
    return re.sub(r"{(\w+)}", lambda found: str(arguments[found[1]]), path)


def body_of(operation: str) -> object:
    """A body that the operation can read, so that what is refused is refused for who asks."""
    from jobtwin.store.models import BriefVersion

    if operation == "start_attempt":
        return {"brief": "small", "digest": BriefVersion.objects.get().digest}
    return BODIES.get(operation)


def test_every_operation_is_in_the_table_and_described() -> None:
    from pathlib import Path

    assert sorted(operations()) == sorted(TABLE)
    text = (Path(__file__).parents[3] / "docs/api.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| `(\w+) (\S+)`", text, re.MULTILINE)
    assert {name: (method.lower(), path) for name, method, path in rows} == operations()


def test_every_person_gets_exactly_what_the_table_says() -> None:
    from tests.host.web.api import caller

    arguments, people = finished()
    listed = operations()
    seen: dict[str, list[int]] = {name: [] for name in TABLE}
    for person in PEOPLE:
        ask = caller(people[person])  # type: ignore[arg-type]  # a person or None
        for name in TABLE:  # revoking the own token stands last
            method, path = listed[name]
            seen[name].append(ask(method, address(path, arguments), body_of(name)).status_code)
    assert {name: tuple(codes) for name, codes in seen.items()} == TABLE


def scope_of(operation: str, method: str, path: str) -> str:
    """The one scope that opens an operation."""
    if operation == "export_data":
        return "data:read"
    area = next((one for one in ("marking", "operating", "webhooks") if path.startswith(f"/{one}")), "exam")
    return f"{area}:{'read' if method == 'get' else 'write'}"


def test_a_token_does_nothing_that_its_scopes_leave_out() -> None:
    from jobtwin.services.programme import add_member
    from jobtwin.store.models import Programme, Role
    from tests.host.web.api import ALL, caller

    arguments, people = finished()
    listed = operations()
    bare = [
        name for name, codes in TABLE.items() if codes[0] == NONE and not name.endswith(("_me", "_token"))
    ]
    allowed: dict[str, set[str]] = {name: set() for name in bare}
    add_member(programme=Programme.objects.get(), person=people["noor"], role=Role.OPERATOR)  # type: ignore[arg-type]  # a person
    for scope in ALL:
        ask = caller(people["noor"], (scope,))  # type: ignore[arg-type]  # a person
        for name in bare:
            method, path = listed[name]
            answer = ask(method, address(path, arguments), body_of(name))
            if answer.status_code != 403:
                allowed[name].add(scope)
            else:
                assert answer.json()["code"] == "scope"
    assert allowed == {name: {scope_of(name, *listed[name])} for name in bare}


def test_a_signed_in_browser_is_nobody_to_the_api() -> None:
    from django.test import Client

    _, people = finished()
    visitor = Client()
    visitor.force_login(people["ada"])  # type: ignore[arg-type]  # a person
    assert visitor.get("/api/v1/attempts").status_code == NONE
    assert visitor.get("/api/v1/me").status_code == NONE


def test_what_belongs_to_others_looks_as_what_does_not_exist() -> None:
    from tests.host.web.api import caller

    arguments, people = finished()
    sam, kit = caller(people["sam"]), caller(people["kit"])  # type: ignore[arg-type]  # people
    there = sam("get", f"/attempts/{arguments['attempt_id']}")
    nowhere = sam("get", f"/attempts/{uuid.uuid4()}")
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
    there = kit("get", f"/marking/{arguments['submission_id']}")
    nowhere = kit("get", f"/marking/{uuid.uuid4()}")
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)


def test_the_second_mentor_sees_the_same_bytes_whatever_the_first_one_does() -> None:
    from tests.host.people import claimed, everybody, sealed, verified, writer
    from tests.host.web.api import caller

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    first, _ = claimed(submission, people.max), claimed(submission, people.noor)
    noor = caller(people.noor)
    looks = ("/marking", "/marking/claims", f"/marking/{submission.pk}")
    before = [noor("get", look).content for look in looks]
    sealed(first, "0.80", ledgers)
    assert [noor("get", look).content for look in looks] == before
    assert b"seat" not in b"".join(before)


def test_tokens_that_are_revoked_expired_or_of_a_closed_account_open_nothing() -> None:
    from datetime import timedelta

    from jobtwin.services.token import make_token, revoke_token
    from tests.host.people import NOW, everybody
    from tests.host.web.api import Caller
    from tests.host.web.clock import at

    people = everybody()
    token, text = make_token(person=people.ada, name="x", scopes=["exam:read"], days=1, now=NOW)
    ada = Caller(text)
    assert ada("get", "/me").status_code == YES
    at(hours=24)
    assert ada("get", "/me").status_code == NONE
    at(hours=23)
    people.ada.is_active = False
    people.ada.save()
    assert ada("get", "/me").status_code == NONE
    people.ada.is_active = True
    people.ada.save()
    revoke_token(person=people.ada, token_id=token.pk, now=NOW + timedelta(hours=1))
    assert ada("get", "/me").status_code == NONE
    for wrong in ("", "jt_x", text[:-1], text.upper(), f"{text} ", "\u00e9"):
        assert Caller(wrong)("get", "/me").status_code == NONE


def test_a_closed_programmes_brief_is_read_and_started_with_a_token_of_whom_it_invited() -> None:
    from jobtwin.services.brief import publish_brief
    from jobtwin.services.programme import Rules, add_member, create_programme
    from jobtwin.store.models import Enrolment, Role
    from tests.host.people import NOW, everybody, exam
    from tests.host.web.api import Caller, caller, started_at

    people = everybody()
    closed = create_programme(slug="closed", rules=Rules("Closed", enrolment=Enrolment.INVITED))
    publish_brief(brief=exam(), now=NOW, programme=closed)
    add_member(programme=closed, person=people.ada, role=Role.LEARNER)
    reads = ("/briefs/small", "/briefs/small/versions/1")
    for one, status in ((caller(people.ada), 200), (caller(people.sam), 404), (Caller(), 404)):
        assert [one("get", read).status_code for read in reads] == [status, status]
        assert one.get("/briefs")["count"] == (status == 200)
    assert [Caller("jt_none")("get", read).status_code for read in reads] == [401, 401]
    assert caller(people.ada).get(started_at(caller(people.ada)))["programme"] == "closed"
