"""Who may see what: every route is in this table, with the answer each person gets."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobtwin.store.models import LtiPlatform, Person, Programme

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

PEOPLE = ("nobody", "ada", "sam", "max", "noor", "kit", "olga")
"""Ada's submission is marked by Max and Noor, both sealed and signed; Kit mentors too, but not this one."""

SIGN_IN, GONE, NO, YES, METHOD, MOVED = 302, 404, 403, 200, 405, 302

PUBLIC = (YES,) * 7
LEARNERS_OWN = (SIGN_IN, YES, GONE, GONE, GONE, GONE, GONE)
MARKERS_OWN = (SIGN_IN, NO, NO, YES, YES, GONE, NO)
OPERATORS = (SIGN_IN, NO, NO, NO, NO, NO, YES)
MARKERS_MOVED = (SIGN_IN, NO, NO, MOVED, MOVED, GONE, NO)

GET = {
    "catalogue": PUBLIC,
    "brief_schema": PUBLIC,
    "brief": PUBLIC,
    "brief_version": PUBLIC,
    "start": (METHOD,) * 7,
    "attempt": LEARNERS_OWN,
    "clock": LEARNERS_OWN,
    "draft": (METHOD,) * 7,
    "upload_archive": (METHOD,) * 7,
    "rehearse": (METHOD,) * 7,
    "source_token": (METHOD,) * 7,
    "dispute": (METHOD,) * 7,
    "withdraw": LEARNERS_OWN,
    "submit": (SIGN_IN, MOVED, GONE, GONE, GONE, GONE, GONE),
    "progress": (SIGN_IN, 204, GONE, GONE, GONE, GONE, GONE),
    "own_log": LEARNERS_OWN,
    "result": LEARNERS_OWN,
    "appeal": LEARNERS_OWN,
    "receipts": LEARNERS_OWN,
    "receipt": LEARNERS_OWN,
    "consent": (METHOD,) * 7,
    "attempt_calendar": LEARNERS_OWN,
    "calendar": (SIGN_IN,) + (YES,) * 6,
    "own_calendar": (SIGN_IN,) + (YES,) * 6,
    "calendar_feed": PUBLIC,
    "tokens": (SIGN_IN,) + (YES,) * 6,
    "revoke_token": (METHOD,) * 7,
    "notifications": (SIGN_IN,) + (YES,) * 6,
    "read_notifications": (METHOD,) * 7,
    "mail_pace": (METHOD,) * 7,
    "unsubscribe": PUBLIC,
    "queue": (SIGN_IN, NO, NO, YES, YES, YES, NO),
    "own_calibration": (SIGN_IN, NO, NO, YES, YES, YES, NO),
    "own_ledger": (SIGN_IN, NO, NO, YES, YES, GONE, NO),
    "claim": (METHOD,) * 7,
    "release": (METHOD,) * 7,
    "conflict": (METHOD,) * 7,
    "desk": MARKERS_OWN,
    "mark_state": MARKERS_OWN,
    "save_mark": (METHOD,) * 7,
    "seal": MARKERS_MOVED,
    "compare": MARKERS_OWN,
    "discuss": (METHOD,) * 7,
    "sign_appeal": (SIGN_IN, NO, NO, GONE, GONE, GONE, NO),
    "sign": (METHOD,) * 7,
    "log": MARKERS_OWN,
    "files": (SIGN_IN, NO, NO, 503, 503, GONE, NO),
    "picture": (SIGN_IN, NO, NO, 503, 503, GONE, NO),
    "quote": (METHOD,) * 7,
    "file": (SIGN_IN, NO, NO, 503, 503, GONE, NO),
    "credential": PUBLIC,
    "credential_json": PUBLIC,
    "credential_jwt": PUBLIC,
    "credential_png": PUBLIC,
    "credential_svg": PUBLIC,
    "credential_card": PUBLIC,
    "transcript": (SIGN_IN, YES, YES, YES, YES, YES, YES),
    "achievement": PUBLIC,
    "skill": PUBLIC,
    "status_list": PUBLIC,
    "holders": PUBLIC,
    "holders_json": PUBLIC,
    "issuer": PUBLIC,
    "did": PUBLIC,
    "jwks": PUBLIC,
    "verify": PUBLIC,
    "operations": OPERATORS,
    "live": OPERATORS,
    "live_figures": OPERATORS,
    "export": OPERATORS,
    "operate_attempt": OPERATORS,
    "manage_briefs": OPERATORS,
    "retire_brief": (METHOD,) * 7,
    "extend_everybody": OPERATORS,
    "operate_calibration": OPERATORS,
    "agreement": OPERATORS,
    "oversight": OPERATORS,
    "reassign": (METHOD,) * 7,
    "pauses": OPERATORS,
    "cancel_pause": (METHOD,) * 7,
    "ledgers": OPERATORS,
    "ledger_file": OPERATORS,
    "ledger_proof": (SIGN_IN, NO, NO, NO, NO, NO, 400),
    "issued": OPERATORS,
    "operate_credential": OPERATORS,
    "account": (SIGN_IN,) + (YES,) * 6,
    "sessions": (SIGN_IN,) + (YES,) * 6,
    "data": (SIGN_IN,) + (YES,) * 6,
    "erase": (SIGN_IN,) + (YES,) * 6,
    "invitation": (SIGN_IN,) + (YES,) * 6,
    "programme": OPERATORS,
    "people": OPERATORS,
    "people_csv": OPERATORS,
    "webhooks": OPERATORS,
    "webhook": OPERATORS,
    "webhook_delivery": OPERATORS,
    "platforms": OPERATORS,
    "platform": OPERATORS,
    "lti_login": (GONE,) * 7,
    "lti_launch": (METHOD,) * 7,
    "lti_continue": (GONE,) * 7,
    "lti_link": (SIGN_IN,) + (GONE,) * 6,
    "lti_choose": (SIGN_IN,) + (GONE,) * 6,
    "lti_keys": PUBLIC,
    "language": (METHOD,) * 7,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": PUBLIC,
}
"""503: these test submissions have no files; who gets that far has been let in."""

POST = {
    "language": (400,) * 7,
    "calendar": (SIGN_IN,) + (YES,) * 6,
    "tokens": (SIGN_IN,) + (422,) * 6,
    "revoke_token": (SIGN_IN, MOVED, GONE, GONE, GONE, GONE, GONE),
    "read_notifications": (SIGN_IN,) + (400,) * 6,
    "mail_pace": (SIGN_IN,) + (400,) * 6,
    "unsubscribe": PUBLIC,
    "draft": (SIGN_IN, 409, GONE, GONE, GONE, GONE, GONE),
    "submit": (SIGN_IN, MOVED, GONE, GONE, GONE, GONE, GONE),
    "upload_archive": (SIGN_IN, 409, GONE, GONE, GONE, GONE, GONE),
    "rehearse": (SIGN_IN, 409, GONE, GONE, GONE, GONE, GONE),
    "source_token": (SIGN_IN, 409, GONE, GONE, GONE, GONE, GONE),
    "dispute": (SIGN_IN, MOVED, GONE, GONE, GONE, GONE, GONE),
    "withdraw": (SIGN_IN, 422, GONE, GONE, GONE, GONE, GONE),
    "consent": (SIGN_IN, 400, GONE, GONE, GONE, GONE, GONE),
    "verify": (422,) * 7,
    "transcript": (SIGN_IN, 400, 400, 400, 400, 400, 400),
    "operate_calibration": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "operate_credential": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "operate_attempt": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "extend_everybody": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "manage_briefs": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "retire_brief": (SIGN_IN, NO, NO, NO, NO, NO, MOVED),
    "programme": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "people": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "webhooks": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "webhook": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "webhook_delivery": (SIGN_IN, NO, NO, NO, NO, NO, MOVED),
    "platforms": (SIGN_IN, NO, NO, NO, NO, NO, GONE),
    "platform": (SIGN_IN, NO, NO, NO, NO, NO, 422),
    "lti_login": (GONE,) * 7,
    "lti_launch": (NO,) * 7,
    "lti_continue": (GONE,) * 7,
    "lti_link": (SIGN_IN,) + (GONE,) * 6,
    "lti_choose": (SIGN_IN,) + (GONE,) * 6,
    "sessions": (SIGN_IN,) + (GONE,) * 6,
    "invitation": (SIGN_IN,) + (NO,) * 6,
    "own_calibration": (SIGN_IN, NO, NO, 409, 409, 409, NO),
    "claim": (SIGN_IN, NO, NO, GONE, GONE, GONE, NO),
    "release": (SIGN_IN, NO, NO, 400, 400, GONE, NO),
    "conflict": (SIGN_IN, NO, NO, 400, 400, GONE, NO),
    "reassign": (SIGN_IN, NO, NO, NO, NO, NO, 400),
    "pauses": (SIGN_IN, NO, NO, NO, NO, NO, GONE),
    "cancel_pause": (SIGN_IN, NO, NO, NO, NO, NO, GONE),
    "save_mark": (SIGN_IN, NO, NO, 409, 409, GONE, NO),
    "seal": MARKERS_MOVED,
    "quote": (SIGN_IN, NO, NO, 503, 503, GONE, NO),
    "discuss": (SIGN_IN, NO, NO, 422, 422, GONE, NO),
    "sign": (SIGN_IN, NO, NO, 409, NO, GONE, NO),
}
"""`start` has its own tests: whoever is signed in may start."""


@dataclass(frozen=True)
class Case:
    """The arguments of every route, pointing at Ada's finished exam."""

    arguments: dict[str, object]

    def address(self, name: str) -> str:
        from django.urls import reverse

        from jobtwin.web.urls import urlpatterns

        pattern = next(one for one in urlpatterns if one.name == name).pattern
        return reverse(name, kwargs={one: self.arguments[one] for one in pattern.converters})


def finished() -> tuple[Case, dict[str, object]]:
    """Ada's exam from start to credential, and everybody by name."""
    from jobtwin.services.consent import give_consent
    from jobtwin.services.credential import issue_credential
    from jobtwin.services.decision import sign_off
    from jobtwin.services.invitation import invite
    from jobtwin.services.notification import unsubscribe_token
    from jobtwin.services.token import make_token
    from jobtwin.services.webhook import send_test
    from jobtwin.store.models import Decision, Receipt, Role
    from jobtwin.store.platform import make_keys
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer
    from tests.host.receivers import listening

    make_keys(now=NOW)
    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    decision, skills = Decision.objects.get(), {"ops.design": "0.80"}
    sign_off(decision=decision, mentor=people.max, skills=skills, now=NOW, writer=ledgers)
    credential = issue_credential(attempt_id=submission.attempt_id, now=NOW)
    give_consent(attempt=submission.attempt, learner=people.ada, now=NOW)
    endpoint, _ = listening(url="https://hooks.harbour.dev/in")
    tried = send_test(endpoint=endpoint, actor=people.olga, now=NOW)
    token, _ = make_token(person=people.ada, name="laptop", scopes=["exam:read"], days=1, now=NOW)
    _, feed = make_token(person=people.ada, name="dates", scopes=["calendar:read"], days=366, now=NOW)
    programme = submission.attempt.programme
    platform = registered(programme, people.olga)
    _, invited = invite(programme=programme, email="x@example.org", role=Role.MENTOR, actor=None, now=NOW)
    arguments = {
        "platform_id": platform.pk, "launch_id": uuid.UUID(int=1),
        "slug": programme.slug, "text": invited, "feed": feed,
        "brief_id": "small", "version": 1, "attempt_id": submission.attempt_id, "path": "README.md",
        "submission_id": submission.pk, "credential_id": credential.pk, "number": 0,
        "skill_id": "ops.design", "check_id": "F3", "token_id": token.pk,
        "receipt_id": Receipt.objects.get(what="submit").pk,
        "pause_id": 1_000_000, "table": "attempts", "form": "csv",
        "endpoint_id": endpoint.pk, "delivery_id": tried.pk,
        "name": people.max.ledger.name,
        "token": unsubscribe_token(people.ada),
    }  # fmt: skip
    return Case(arguments), {"nobody": None, **vars(people)}


def registered(programme: "Programme", operator: "Person") -> "LtiPlatform":
    """A learning platform of the programme."""
    from jobtwin.services.lti import Registration, register_platform
    from tests.host.people import NOW

    school = "https://moodle.school.edu/"
    registration = Registration("School", school, "7", ("1",), f"{school}auth", f"{school}keys")
    return register_platform(programme=programme, registration=registration, actor=operator, now=NOW)


def test_every_route_of_ours_is_in_the_table() -> None:
    from jobtwin.web.urls import urlpatterns

    assert sorted(GET) == sorted(str(one.name) for one in urlpatterns)


def test_every_route_of_ours_is_described() -> None:
    import re
    from pathlib import Path

    text = (Path(__file__).parents[3] / "docs/pages.md").read_text()
    assert re.findall(r"^\| `(\w+)` \| `/", text, re.MULTILINE) == list(GET)


def test_every_person_gets_exactly_what_the_table_says() -> None:
    from tests.host.web.visits import client

    case, people = finished()
    seen = {name: [] for name in GET}  # type: dict[str, list[int]]
    for person in PEOPLE:
        visitor = client(people[person])  # type: ignore[arg-type]  # a person or None
        for name in GET:
            seen[name].append(visitor.get(case.address(name)).status_code)
    assert {name: tuple(codes) for name, codes in seen.items()} == GET


def test_nobody_can_do_with_post_what_the_table_denies() -> None:
    from tests.host.web.visits import client

    case, people = finished()
    seen = {name: [] for name in POST}  # type: dict[str, list[int]]
    for person in PEOPLE:
        visitor = client(people[person])  # type: ignore[arg-type]  # a person or None
        for name in POST:
            seen[name].append(visitor.post(case.address(name)).status_code)
    assert {name: tuple(codes) for name, codes in seen.items()} == POST


def test_a_page_that_exists_for_others_looks_as_one_that_does_not_exist() -> None:
    from tests.host.web.visits import client, text_of

    case, people = finished()
    kit = client(people["kit"])  # type: ignore[arg-type]  # a person
    there = kit.get(case.address("desk"))
    nowhere = kit.get(f"/marking/{uuid.uuid4()}")
    assert (there.status_code, text_of(there)) == (nowhere.status_code, text_of(nowhere))


def test_whoever_is_signed_out_signs_in_and_comes_back() -> None:
    from tests.host.web.visits import client

    case, _ = finished()
    answer = client().get(case.address("attempt"))
    assert answer.headers["Location"] == f"/accounts/login/?next={case.address('attempt')}"


def test_a_script_of_someone_signed_out_is_told_so_in_json() -> None:
    from tests.host.web.visits import client

    case, _ = finished()
    answer = client().post(case.address("draft"), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_the_public_credential_names_nobody() -> None:
    from tests.host.web.visits import client, text_of

    case, _ = finished()
    page = text_of(client().get(case.address("credential")))
    assert "A small exam" in page
    assert not any(word in page for word in ("Ada", "Max", "Noor", "@example.org"))


def test_a_learner_reads_the_mentors_comments_and_not_their_names() -> None:
    from tests.host.web.visits import client, text_of

    case, people = finished()
    page = text_of(client(people["ada"]).get(case.address("result")))  # type: ignore[arg-type]  # a person
    assert page.count("Seen and weighed.") == 4
    assert not any(word in page for word in ("Max", "Noor", "max@", "noor@"))
