"""Two mentors and a third on one submission, and strangers who probe for the first marks at each step."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from jobtwin.store.models import Person, Submission
    from tests.host.people import People

    Renamed = Callable[..., tuple[People, Submission]]

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

SECRETS = ("0.95", "MAX-SECRET", "0.55", "NOOR-SECRET", "0.35", "KIT-SECRET")
STATEMENT = re.compile(r"'[^']*'|\b\d+\b")

Probe = tuple[int, str, tuple[str, ...]]


def token_of(person: "Person") -> str:
    """A token for marking by the API."""
    from jobtwin.services.token import make_token
    from tests.host.people import NOW

    scopes = ["marking:read", "marking:write"]
    return make_token(person=person, name="probe", scopes=scopes, days=30, now=NOW)[1]


def addresses(submission: "Submission") -> list[str]:
    """Every page and operation that could say something of a mark."""
    desk, attempt = f"/marking/{submission.pk}", f"/attempts/{submission.attempt_id}"
    pages = [
        desk,
        f"{desk}/state",
        f"{desk}/seal",
        f"{desk}/decision",
        f"{desk}/files/",
        f"{desk}/files/?q=0.95",
    ]
    other = ["/marking/", "/marking/calibration", "/operations/", "/operations/agreement", "/transcript", "/"]
    api = ["/api/v1/marking", "/api/v1/marking/claims", f"/api/v1/marking/{submission.pk}"]
    return [*pages, f"{desk}/files/README.md", attempt, f"{attempt}/result", *other, *api]


def probe(visitor: "Client", token: str, submission: "Submission") -> dict[str, Probe]:
    """What somebody gets everywhere: the status, the text, and the shapes of the statements it took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.host.web.visits import masked, text_of

    seen = {}
    for address in addresses(submission):
        headers = {"authorization": f"Bearer {token}"} if address.startswith("/api/") else {}
        with CaptureQueriesContext(connection) as asked:
            answer = visitor.get(address, headers=headers)
        shapes = tuple(STATEMENT.sub("?", one["sql"]) for one in asked.captured_queries)
        seen[address] = (answer.status_code, masked(text_of(answer)), shapes)
    return seen


def leaks(seen: dict[str, Probe], own: tuple[str, ...] = ()) -> list[str]:
    """Where a secret of somebody else stands in what was seen; options of a score's list are everybody's."""
    found = []
    for address, (_, text, _) in seen.items():
        said = re.sub(r"<option[^>]*>[0-9.]+</option>", "", text)
        found += [f"{secret} at {address}" for secret in SECRETS if secret not in own and secret in said]
    return found


def test_nothing_of_the_first_mark_reaches_anybody_before_its_time(people_at_work: "Stage") -> None:
    stage = people_at_work
    people = stage.people
    stage.claim(people.max)
    stage.claim(people.noor)
    stage.save(people.noor, "0.55", "NOOR-SECRET")
    own = {people.noor: ("0.55", "NOOR-SECRET")}
    watchers = (people.noor, people.kit, people.sam, people.ada, people.olga)
    for one in watchers:
        stage.look(one)  # shows the message about a save once, and notes the first use of a token
    before = {one: stage.look(one) for one in watchers}
    steps: tuple[Callable[[], None], ...] = (
        lambda: stage.save(people.max, "0.95", "MAX-SECRET"),
        lambda: stage.first_pass(people.max, "0.95", "MAX-SECRET"),
        lambda: stage.seal(people.max),
    )
    for step in steps:
        step()
        for one in watchers:
            now = stage.look(one)
            assert leaks(now, own.get(one, ())) == [], one
            assert now == before[one], one
    for one in (people.sam, people.olga):
        assert {status for status, _, _ in before[one].values()} <= {200, 401, 403, 404}
        assert before[one][f"/marking/{stage.submission.pk}"][0] == 403


def test_the_third_is_blind_and_strangers_stay_so_to_the_end(people_at_work: "Stage") -> None:
    from jobtwin.store.models import Decision

    stage = people_at_work
    people = stage.people
    for mentor, score, secret in ((people.max, "0.95", "MAX-SECRET"), (people.noor, "0.55", "NOOR-SECRET")):
        stage.claim(mentor)
        stage.save(mentor, score, secret)
        stage.seal(mentor)
    assert "NOOR-SECRET" in stage.look(people.max)[f"/marking/{stage.submission.pk}/decision"][1]
    strangers = (people.kit, people.sam, people.ada, people.olga)
    for one in strangers:
        assert leaks(stage.look(one)) == [], one
    for mentor, score in ((people.max, "0.95"), (people.noor, "0.55")):
        stage.discuss(mentor, score)
    stage.claim(people.kit)
    stage.save(people.kit, "0.35", "KIT-SECRET")
    own = ("0.35", "KIT-SECRET")
    assert leaks(stage.look(people.kit), own) == []
    assert not any(
        "KIT-SECRET" in text for one in (people.max, people.noor) for _, text, _ in stage.look(one).values()
    )
    stage.seal(people.kit)
    assert Decision.objects.get().route == "median_of_three"
    assert "MAX-SECRET" in stage.look(people.kit)[f"/marking/{stage.submission.pk}/decision"][1]
    for one in (people.sam, people.ada, people.olga):
        assert leaks(stage.look(one)) == [], one


def test_the_record_says_who_did_what_when_and_why(people_at_work: "Stage") -> None:
    stage = people_at_work
    people = stage.people
    for mentor, score in ((people.max, "0.95"), (people.noor, "0.55")):
        stage.claim(mentor)
        stage.save(mentor, score, "Seen.")
        stage.seal(mentor)
    for mentor in (people.max, people.noor):
        stage.discuss(mentor, "0.80")
    page = stage.look(people.noor)[f"/marking/{stage.submission.pk}/decision"][1]
    record = page[page.index('id="record"') : page.index('id="comments"')]
    for words in (
        "Max, first mentor",
        "Noor, second mentor",
        "claimed",
        "sealed",
        "changed scores after",
        "reconciled",
    ):
        assert words in record
    assert record.count("I read it again, word by word.") == 2


@pytest.fixture
def people_at_work() -> "Stage":
    """Ada's verified submission, everybody with a client and a token."""
    return Stage()


class Stage:
    """Steps of a marking by HTTP, and what each person sees of them."""

    def __init__(self) -> None:
        from jobtwin.store.platform import make_keys
        from tests.host.people import NOW, everybody, verified
        from tests.host.web.clock import at
        from tests.host.web.visits import client

        make_keys(now=NOW)
        at(hours=3)
        self.people: People = everybody()
        self.submission: Submission = verified(self.people.ada)
        self.desk = f"/marking/{self.submission.pk}"
        self._clients = {one: client(one) for one in vars(self.people).values()}
        self._tokens = {one: token_of(one) for one in vars(self.people).values()}

    def look(self, person: "Person") -> dict[str, Probe]:
        return probe(self._clients[person], self._tokens[person], self.submission)

    def claim(self, person: "Person") -> None:
        self._do(person, f"{self.desk}/claim", {"no_conflict": "yes"})

    def save(self, person: "Person", score: str, comment: str, **more: str) -> None:
        from tests.host.web.visits import mark_form

        self._do(person, f"{self.desk}/save", mark_form(score, comment) | more)

    def first_pass(self, person: "Person", score: str, comment: str) -> None:
        self.save(person, score, comment, next="first_pass")

    def seal(self, person: "Person") -> None:
        from tests.host.web.visits import seal

        assert seal(self._clients[person], self.desk).status_code == 302

    def discuss(self, person: "Person", score: str) -> None:
        from tests.host.web.visits import mark_form

        form = mark_form(score) | {"reason": "I read it again, word by word."}
        self._do(person, f"{self.desk}/discuss", form)

    def _do(self, person: "Person", address: str, form: dict[str, str]) -> None:
        answer = self._clients[person].post(address, form)
        assert answer.status_code == 302, address


def test_a_mentor_reads_no_name_of_the_learner_where_the_programme_hides_them(
    renamed: "Renamed",
) -> None:
    from tests.host.web.visits import claim, client, text_of

    people, submission = renamed(hide=True)
    visitor, token = client(people.max), token_of(people.max)
    page = text_of(visitor.get(claim(visitor, submission)))
    assert "https://git.example.org/[learner]/capstone" in page
    assert "I am [learner], write to [learner]" in page
    api = visitor.get(f"/api/v1/marking/{submission.pk}", headers={"authorization": f"Bearer {token}"})
    for text in (page, text_of(api)):
        assert not any(word in text for word in ("Lovelace", "ada-l", "ada@example.org"))


def test_a_programme_may_show_who_learns(renamed: "Renamed") -> None:
    from tests.host.web.visits import claim, client, text_of

    people, submission = renamed(hide=False)
    visitor = client(people.max)
    assert "I am Ada Lovelace" in text_of(visitor.get(claim(visitor, submission)))


@pytest.fixture
def renamed() -> "Renamed":
    """Ada Lovelace's submission, who names herself in her notes."""
    from jobtwin.store.models import Programme
    from tests.host.people import everybody, verified
    from tests.host.web.clock import at

    def made(*, hide: bool) -> tuple["People", "Submission"]:
        at(hours=3)
        people = everybody()
        people.ada.name = "Ada Lovelace"
        people.ada.save()
        Programme.objects.update(hide_learners=hide)
        submission = verified(
            people.ada, source="https://git.example.org/ada-l/capstone",
            notes="I am Ada Lovelace, write to ada@example.org",
        )  # fmt: skip
        return people, submission

    return made
