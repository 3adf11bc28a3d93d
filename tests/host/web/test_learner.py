"""The learner's pages: start, save, submit, and nothing lost on the way."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


@pytest.fixture
def people() -> "People":
    """Everybody, with the small exam on offer."""
    from jobtwin.services.brief import publish_brief
    from tests.host.people import NOW, everybody, exam

    publish_brief(brief=exam(), now=NOW)
    return everybody()


@pytest.fixture
def local_repository(tmp_path: Path) -> Iterator[str]:
    """A repository with one commit that the web takes as `local:small`; gives the commit."""
    from datetime import UTC, datetime

    from django.conf import settings
    from django.test import override_settings

    from jobtwin.source.repository import commit_folder

    files = tmp_path / "files"
    files.mkdir()
    (files / "README.md").write_text("A small thing.\n")
    repository = tmp_path / "repository"
    commit = commit_folder(files, repository, message="First", moment=datetime(2026, 1, 1, tzinfo=UTC))
    sources = {"small": repository}
    with override_settings(JOBTWIN=dataclasses.replace(settings.JOBTWIN, local_sources=sources)):
        yield commit


def test_the_brief_says_everything_and_start_leads_to_the_attempt(people: "People") -> None:
    from tests.host.web.visits import client, start, text_of

    ada = client(people.ada)
    page = text_of(ada.get("/briefs/small"))
    for said in (
        "14 days",
        "75%",
        "168 hours",
        "none",
        "60%",
        "critical",
        "reflective",
        "0.90",
        "ops.design",
    ):
        assert said in page, said
    attempt = start(ada)
    assert "14 days left" in text_of(ada.get(attempt))
    assert "You have started this exam" in text_of(ada.get("/briefs/small"))


def test_starting_asks_for_sign_in_and_comes_back_to_the_brief(people: "People") -> None:
    from tests.host.web.visits import client

    answer = client().post("/briefs/small/start")
    assert answer.headers["Location"] == "/accounts/login/?next=/briefs/small"


def test_a_second_start_and_a_changed_brief_are_told_on_the_brief(people: "People") -> None:
    from tests.host.web.visits import client, start, text_of

    ada = client(people.ada)
    start(ada)
    again = ada.post("/briefs/small/start", {"digest": "sha256:of another version"})
    assert again.status_code == 409
    assert "read it again" in text_of(client(people.sam).post("/briefs/small/start", {"digest": "x"}))


def test_a_draft_is_saved_in_words_and_the_deadline_stays(people: "People") -> None:
    from jobtwin.store.models import Attempt
    from tests.host.web.clock import at
    from tests.host.web.visits import client, draft, start

    ada = client(people.ada)
    attempt = start(ada)
    deadline = Attempt.objects.get().deadline
    at(hours=5)
    answer = ada.post(f"{attempt}/draft", draft(), headers={"accept": "application/json"})
    assert answer.json()["saved"] == "Saved at 14:00:00 UTC on 1 November 2026 as version 1."
    assert answer.json()["left_ms"] == (14 * 24 - 3) * 3_600_000
    assert ada.get(f"{attempt}/clock").json() == {"left_ms": (14 * 24 - 3) * 3_600_000}
    assert Attempt.objects.get().deadline == deadline


def test_an_older_tab_is_told_and_both_texts_stay(people: "People") -> None:
    from tests.host.web.visits import client, draft, start, text_of

    ada = client(people.ada)
    attempt = start(ada)
    ada.post(f"{attempt}/draft", draft(notes="from the first tab"))
    script = ada.post(f"{attempt}/draft", draft(notes="second"), headers={"accept": "application/json"})
    assert (script.status_code, script.json()["code"], script.json()["version"]) == (409, "draft_conflict", 1)
    page = ada.post(f"{attempt}/draft", draft(notes="from the second tab"))
    assert page.status_code == 409
    html = text_of(page)
    assert "from the first tab" in html
    assert "from the second tab</textarea>" in html
    assert 'name="base_version" value="1"' in html


@pytest.mark.parametrize("nonsense", ["", "-1", "x", "9" * 40, "١"])
def test_a_base_version_that_is_no_number_is_a_conflict_and_no_fault(nonsense: str, people: "People") -> None:
    from tests.host.web.visits import client, draft, start

    ada = client(people.ada)
    assert ada.post(f"{start(ada)}/draft", draft(base_version=nonsense)).status_code == 409


def test_what_is_missing_stands_beside_its_field(people: "People") -> None:
    from tests.host.web.visits import client, draft, start, text_of

    ada = client(people.ada)
    attempt = start(ada)
    form = draft(source="", next="submit") | {"answer-F3": ""}
    answer = ada.post(f"{attempt}/draft", form)
    assert answer.status_code == 422
    assert 'id="source-error"' in text_of(answer)
    assert "Answer every self-check first: F3." in text_of(answer)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("http://127.0.0.1/x.git", "not a public address"),
        ("ext::sh -c id", "transport"),
        ("git@git.example.org:ada/x.git", "remote forms"),
        ("/etc", "not a URL"),
    ],
)
def test_a_source_that_cannot_be_one_is_told_and_nothing_is_lost(
    source: str, said: str, people: "People"
) -> None:
    from jobtwin.store.models import Submission
    from tests.host.web.visits import client, draft, start, text_of

    ada = client(people.ada)
    attempt = start(ada)
    ada.post(f"{attempt}/draft", draft(source=source, notes="Weeks of notes."))
    answer = ada.post(f"{attempt}/submit", {"version": "1"})
    html = text_of(answer)
    assert answer.status_code == 422
    assert 'id="source-error"' in html
    assert "Weeks of notes.</textarea>" in html
    assert f'value="{source}"' in html
    assert said in html
    assert not Submission.objects.exists()


def test_a_repository_is_pinned_and_submitted_for_good(people: "People", local_repository: str) -> None:
    from jobtwin.store.models import Submission
    from tests.host.web.visits import client, draft, start, text_of

    ada = client(people.ada)
    attempt = start(ada)
    ada.post(f"{attempt}/draft", draft(source="local:small"))
    assert "Submit for good" in text_of(ada.get(f"{attempt}/submit"))
    assert ada.post(f"{attempt}/submit", {"version": "1"}).headers["Location"] == attempt
    submission = Submission.objects.get()
    assert (submission.commit, submission.development_source) == (local_repository, True)
    page = text_of(ada.get(attempt))
    assert local_repository in page
    assert "Waiting for a free worker" in page
    assert ada.post(f"{attempt}/draft", draft(base_version="1")).status_code == 409


def test_only_the_version_that_was_looked_at_is_submitted(people: "People", local_repository: str) -> None:
    from jobtwin.store.models import Submission
    from tests.host.web.visits import client, draft, start

    ada = client(people.ada)
    attempt = start(ada)
    ada.post(f"{attempt}/draft", draft(source="local:small"))
    ada.post(f"{attempt}/draft", draft(source="local:small", base_version="1", notes="Later."))
    assert ada.post(f"{attempt}/submit", {"version": "1"}).status_code == 409
    assert not Submission.objects.exists()


def test_a_critical_no_asks_for_force_and_a_reason(people: "People", local_repository: str) -> None:
    from jobtwin.store.models import Submission
    from tests.host.web.visits import client, draft, start, text_of

    ada = client(people.ada)
    attempt = start(ada)
    ada.post(f"{attempt}/draft", draft(source="local:small") | {"answer-F1": "no"})
    assert 'name="force"' in text_of(ada.get(f"{attempt}/submit"))
    bare = ada.post(f"{attempt}/submit", {"version": "1"})
    silent = ada.post(f"{attempt}/submit", {"version": "1", "force": "yes"})
    assert (bare.status_code, silent.status_code) == (409, 409)
    assert 'id="force-error"' in text_of(silent)
    ada.post(f"{attempt}/submit", {"version": "1", "force": "yes", "force_reason": "A flaky test."})
    assert (Submission.objects.get().forced, Submission.objects.get().force_reason) == (True, "A flaky test.")


def test_the_deadline_is_the_instant_at_which_the_request_arrives(
    people: "People", local_repository: str
) -> None:
    from datetime import timedelta

    from jobtwin.store.models import Attempt, Submission
    from tests.host.web.clock import MovedClock
    from tests.host.web.visits import client, draft, start, text_of

    ada = client(people.ada)
    attempt = start(ada)
    ada.post(f"{attempt}/draft", draft(source="local:small"))
    deadline = Attempt.objects.get().deadline
    MovedClock.instant = deadline
    late = ada.post(f"{attempt}/submit", {"version": "1"})
    assert late.status_code == 409
    assert "deadline has passed" in text_of(late)
    assert ada.post(f"{attempt}/draft", draft(base_version="1")).status_code == 409
    assert "Hello." in text_of(ada.get(attempt))
    assert not Submission.objects.exists()
    MovedClock.instant = deadline - timedelta(microseconds=1)
    assert ada.post(f"{attempt}/submit", {"version": "1"}).status_code == 302
    assert Submission.objects.get().submitted_at == deadline - timedelta(microseconds=1)


def test_the_clock_is_read_when_the_whole_request_has_come(people: "People") -> None:
    from datetime import timedelta
    from io import BytesIO

    from jobtwin.store.models import Attempt, Draft
    from tests.host.web.clock import MovedClock
    from tests.host.web.visits import client, draft, start

    class Slow(BytesIO):
        """A body whose reading takes until the deadline."""

        def read(self, *size: int | None) -> bytes:
            MovedClock.instant = deadline
            return super().read(*size)

    class Broken(BytesIO):
        """A body that never ends."""

        def read(self, *_size: int | None) -> bytes:
            raise OSError("the other side has gone")

    ada = client(people.ada)
    attempt = start(ada)
    deadline = Attempt.objects.get().deadline
    body = urlencode(draft()).encode()
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
    asked = {"PATH_INFO": f"{attempt}/draft", "REQUEST_METHOD": "POST", **form}
    MovedClock.instant = deadline - timedelta(seconds=1)
    assert ada.request(**asked, **{"wsgi.input": Broken()}).status_code == 400
    assert ada.request(**asked, **{"wsgi.input": Slow(body)}).status_code == 409
    assert not Draft.objects.exists()
    MovedClock.instant = deadline - timedelta(seconds=1)
    assert ada.request(**asked, **{"wsgi.input": BytesIO(body)}).status_code == 302


def test_what_a_request_waited_for_a_thread_of_ours_does_not_make_it_late(
    people: "People", local_repository: str
) -> None:
    from datetime import timedelta

    from jobtwin.store.models import Attempt, Submission
    from jobtwin.web.waited import WAITED
    from tests.host.web.clock import MovedClock
    from tests.host.web.visits import client, draft, start

    ada = client(people.ada)
    attempt = start(ada)
    ada.post(f"{attempt}/draft", draft(source="local:small"))
    deadline = Attempt.objects.get().deadline
    MovedClock.instant = deadline + timedelta(seconds=4)
    said = {"X-Request-Start": "0", "Waited": "9"}
    assert ada.post(f"{attempt}/submit", {"version": "1"}, headers=said).status_code == 409, "a client's word"
    reset = WAITED.set(4.0)
    try:
        assert ada.post(f"{attempt}/submit", {"version": "1"}).status_code == 409, "at the deadline"
        WAITED.set(5.0)
        assert ada.post(f"{attempt}/submit", {"version": "1"}).status_code == 302
    finally:
        WAITED.reset(reset)
    assert Submission.objects.get().submitted_at == deadline - timedelta(seconds=1)


def test_progress_is_sent_only_where_it_is_new_and_ends_with_a_reload(people: "People") -> None:
    from jobtwin.services.check import record_event
    from jobtwin.store.models import Attempt
    from tests.host.people import NOW, submitted
    from tests.host.web.visits import client, text_of

    submission = submitted(people.ada)
    record_event(submission=submission, phase="fetch", kind="log", text="12 objects", now=NOW)
    ada, address = client(people.ada), f"/attempts/{submission.attempt_id}/progress"
    assert "12 objects" in text_of(ada.get(f"{address}?seen=0"))
    assert ada.get(f"{address}?seen=1").status_code == 204
    Attempt.objects.update(verified_at=NOW)
    assert ada.get(f"{address}?seen=1").headers["HX-Refresh"] == "true"
