"""Two mentors and a third in browsers of their own, and strangers who look for their marks at each step."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.host.web.test_blindness import token_of

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, BrowserContext, Page

    from jobtwin.store.models import Person, Submission
    from tests.host.browser.conftest import Site

pytestmark = [pytest.mark.host, pytest.mark.xdist_group("browser")]

Seen = dict[str, tuple[int, str]]
Answers = Mapping[str, object]
# No such score stands in the sample's files.
SECRETS = {"max": ("0.90", "MAX-SECRET"), "noor": ("0.55", "NOOR-SECRET"), "kit": ("0.35", "KIT-SECRET")}
MOVES = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|Waiting for [^<]*|\d+')
"""What differs at every look: tokens, how long something waits, and the digits of clocks."""
STATEMENT = re.compile(r"'[^']*'|\b\d+\b|_django_curs_\w+")
"""Values in a statement, and names of cursors: a statement without them is its shape."""
OPTION = re.compile(r"<option[^>]*>[0-9.]+</option>")
"""A score that may be chosen: everybody's."""
TABLES = ("attempts", "checks", "decisions", "model_calls")


def test_nobody_reads_a_mark_before_its_time(
    visit: Callable[..., "BrowserContext"], site: "Site", tmp_path: Path
) -> None:
    from jobtwin.services.person import add_person
    from jobtwin.store.models import Decision, Role
    from tests.host.browser.stage import submission_of, verify

    def patient(person: "Person") -> "BrowserContext":
        context = visit(person)
        context.set_default_timeout(120_000)  # a busy machine is late, not wrong
        return context

    people = site.people
    lou = add_person(email="lou@example.org", name="Lou", role=Role.MENTOR)
    submission = submission_of(site.stage, people.ada)
    verify(site.stage, submission, tmp_path)
    watch = Watch(
        patient, submission, {"noor": people.noor, "kit": people.kit, "lou": lou, "olga": people.olga}
    )
    at_work = {name: patient(getattr(people, name)).new_page() for name in SECRETS}

    claim(at_work["max"])
    claim(at_work["noor"])
    markers = ("noor", "kit")
    before, asked = watch.look(), watch.statements(*markers)
    first_pass(at_work["max"], *SECRETS["max"], site)
    assert differing(watch.look(), before) + differing(watch.statements(*markers), asked) == []
    seal(at_work["max"])
    assert differing(watch.look(), before) + differing(watch.statements(*markers), asked) == []

    first_pass(at_work["noor"], *SECRETS["noor"], site)
    seal(at_work["noor"])
    blind = ("kit", "lou", "olga")
    assert differing(watch.look(*blind), before) == []
    for name, other in (("max", "NOOR-SECRET"), ("noor", "MAX-SECRET")):
        discuss(at_work[name], submission, stands_by=SECRETS[name][0], reads=other)

    claim(at_work["kit"])
    first_pass(at_work["kit"], *SECRETS["kit"], site)
    watch.look(*blind)
    seal(at_work["kit"])
    assert Decision.objects.get().route == "median_of_three"
    at_work["kit"].goto(f"/marking/{submission.pk}/decision")
    at_work["kit"].get_by_text("MAX-SECRET").first.wait_for()
    watch.look("lou", "olga")


def differing(now: Mapping[str, Answers], before: Mapping[str, Answers]) -> list[str]:
    """Who is answered otherwise than before, and where."""
    return [
        f"{name} at {where}" for name in now for where in now[name] if now[name][where] != before[name][where]
    ]


class Watch:
    """Everything that each watcher can ask for, by page, API and export."""

    def __init__(
        self, visit: Callable[..., "BrowserContext"], submission: "Submission", people: dict[str, "Person"]
    ) -> None:
        self._people, self._submission = people, submission
        self._browsers = {name: visit(one) for name, one in people.items()}
        self._tokens = {name: token_of(one) for name, one in people.items()}

    def look(self, *names: str) -> dict[str, Seen]:
        """What these (none named: all) get, without what moves by itself; nothing of others is in it."""
        return {name: self._look_of(name) for name in names or self._people}

    def _look_of(self, name: str) -> Seen:
        secrets = [one for mentor, both in SECRETS.items() if mentor != name for one in both]
        seen = self._answers(name)
        said = {where: OPTION.sub("", text) for where, (_, text) in seen.items()}
        assert [f"{one} at {where}" for one in secrets for where in said if one in said[where]] == [], name
        return {where: (status, MOVES.sub("", text)) for where, (status, text) in seen.items()}

    def statements(self, *names: str) -> dict[str, dict[str, list[str]]]:
        """The shapes of the statements that each answer to these takes, by watcher and address."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from tests.host.web.visits import client

        found: dict[str, dict[str, list[str]]] = {}
        for name in names:
            visitor = client(self._people[name])
            for where in addresses(self._submission):
                with CaptureQueriesContext(connection) as asked:
                    visitor.get(where, headers=self._headers(name, where))
                shapes = [STATEMENT.sub("?", one["sql"]) for one in asked.captured_queries]
                found.setdefault(name, {})[where] = shapes
        return found

    def _answers(self, name: str) -> Seen:
        ask = self._browsers[name].request.get
        found = {}
        for where in addresses(self._submission):
            answer = ask(where, headers=self._headers(name, where))
            found[where] = (answer.status, text_of(answer))
        return found

    def _headers(self, name: str, where: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self._tokens[name]}"} if where.startswith("/api/") else {}


def addresses(submission: "Submission") -> list[str]:
    """Pages, API and exports that could say something of a mark."""
    desk, attempt = f"/marking/{submission.pk}", f"/attempts/{submission.attempt_id}"
    pages = [desk, *(f"{desk}/{one}" for one in ("state", "seal", "decision", "log", "files/?q=SECRET"))]
    lists = [
        "/marking/",
        "/marking/ledger.zip",
        "/marking/calibration",
        "/operations/agreement",
        "/calendar/",
    ]
    api = ["/api/v1/marking", "/api/v1/marking/claims", f"/api/v1/marking/{submission.pk}"]
    exports = [f"/operations/exports/{table}.csv" for table in TABLES]
    return [*pages, attempt, f"{attempt}/result", *lists, *api, *exports, "/notifications"]


def text_of(answer: "APIResponse") -> str:
    """What an answer says; of an archive, what its files say."""
    body = answer.body()
    if not body.startswith(b"PK"):
        return body.decode()
    archive = zipfile.ZipFile(io.BytesIO(body))
    return "\n".join(archive.read(name).decode() for name in archive.namelist())


def claim(desk: "Page") -> None:
    """Claims the one submission that waits, by its form."""
    desk.goto("/marking/")
    desk.get_by_label("I know of no conflict").check()
    desk.get_by_role("button", name="Claim").click()
    desk.wait_for_url("**/marking/*-*")


def first_pass(desk: "Page", score: str, comment: str, site: "Site") -> None:
    """The same score and comment in every dimension, kept as the first pass."""
    for dimension in site.stage.version.brief.rubric.dimensions:
        desk.select_option(f"#score-{dimension.id}", score)
        desk.fill(f"#comment-{dimension.id}", comment)
    desk.get_by_role("button", name="Keep first pass").click()
    desk.get_by_text("Draft review: between").first.wait_for()


def seal(desk: "Page") -> None:
    """Seals what is saved."""
    desk.get_by_role("button", name="Seal").click()
    desk.get_by_label("These are my own scores").check()
    desk.get_by_role("button", name="Seal").click()
    desk.get_by_text("You sealed this mark on").wait_for()


def discuss(page: "Page", submission: "Submission", *, stands_by: str, reads: str) -> None:
    """Reads the other mark, which is shown now, and stands by the own one."""
    page.goto(f"/marking/{submission.pk}/decision")
    page.get_by_text(reads).first.wait_for()
    assert page.locator("select").first.input_value() == stands_by
    page.get_by_label("Reason").fill("I read it again, word by word.")
    page.get_by_role("button", name="Write my answer into my ledger").click()
    page.get_by_text("after the discussion").first.wait_for()
