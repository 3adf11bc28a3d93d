"""A verified commit at GitHub gets one check run: facts without marks, where the App is, with back-off."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from jobtwin.core.check import Verdict
from jobtwin.outside.github import GithubApp
from tests.lti.platform import FakePlatform
from tests.outside.github import TOKEN, answers, made_app

if TYPE_CHECKING:
    from jobtwin.store.models import GithubCheck, Submission
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]
APP, KEY = made_app()
SOURCE = "https://github.com/ada/capstone"


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePlatform]:
    from jobtwin.store import platform

    monkeypatch.setattr(platform, "github_app", lambda: APP)
    found = FakePlatform(KEY)
    yield found
    found.close()


@pytest.fixture
def people() -> "People":
    from tests.host.people import everybody

    return everybody()


def verified_at(people: "People", source: str = SOURCE) -> "Submission":
    from tests.host.people import verified

    return verified(people.ada, source=source)


def sent(github: FakePlatform, minutes: float = 0) -> int:
    """What a worker does so long after the verification."""
    from jobtwin.jobs.github_check import send_check_runs
    from tests.host.people import NOW

    return send_check_runs(github.client, lambda: NOW + timedelta(hours=2, minutes=minutes))


def check() -> "GithubCheck":
    from jobtwin.store.models import GithubCheck

    return GithubCheck.objects.get()


def test_the_commit_is_told_once_in_words_of_our_own(people: "People", github: FakePlatform) -> None:
    submission = verified_at(people)
    answers(github)
    assert sent(github) == 1
    body = json.loads(github.heard[2].partition("\r\n\r\n")[2])
    assert (body["head_sha"], body["conclusion"]) == (submission.commit, "neutral")
    assert body["details_url"].endswith(f"/attempts/{submission.attempt_id}")
    assert body["output"]["title"] == "1 of 2 checks confirmed"
    summary = body["output"]["summary"]
    assert "| F1 | confirmed | ok |\n| F3 | inconclusive | not supported |" in summary
    assert "31 tests" not in summary
    assert sent(github, 600) == 0


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ([Verdict.CONFIRMED], "success"),
        ([Verdict.CONFIRMED, Verdict.INCONCLUSIVE, Verdict.REFUTED], "failure"),
        ([Verdict.CONFIRMED, Verdict.INCONCLUSIVE], "neutral"),
        ([], "neutral"),
    ],
)
def test_the_conclusion_is_the_worst_that_a_learner_answers_for(verdicts: list[Verdict], told: str) -> None:
    from jobtwin.jobs.github_check import conclusion_of

    assert conclusion_of(verdicts) == told


def test_nothing_is_noted_elsewhere_and_without_an_app(
    people: "People", github: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobtwin.services.github_check import owe_check_run
    from jobtwin.store import platform
    from jobtwin.store.models import GithubCheck

    submission = verified_at(people, "https://git.example.org/ada/capstone")
    assert not GithubCheck.objects.exists()
    monkeypatch.setattr(platform, "github_app", lambda: None)
    submission.source = SOURCE
    owe_check_run(submission=submission, now=submission.submitted_at)
    assert not GithubCheck.objects.exists()
    assert sent(github) == 0


def test_a_repository_without_the_app_is_left_alone(people: "People", github: FakePlatform) -> None:
    verified_at(people)
    github.say(404)
    assert sent(github) == 0
    assert check().problem == "the App is not installed on this repository"
    assert check().given_up_at is not None
    assert (sent(github, 6_000), check().tries) == (0, 1)


@pytest.mark.parametrize("status", [401, 500, 503])
def test_what_may_be_mended_is_tried_again_later(people: "People", github: FakePlatform, status: int) -> None:
    verified_at(people)
    github.say(status)
    assert sent(github) == 0
    assert check().problem == f"127.0.0.1 answered with status {status}"
    assert (sent(github), check().tries, check().given_up_at) == (0, 1, None)
    answers(github)
    assert sent(github, 10) == 1
    assert (check().problem, check().tries) == ("", 2)


def test_a_source_that_was_erased_meanwhile_is_asked_nowhere(people: "People", github: FakePlatform) -> None:
    from jobtwin.store.models import Submission

    verified_at(people)
    Submission.objects.update(source="")
    assert sent(github) == 0
    assert not github.heard
    assert check().given_up_at is not None


def test_neither_key_nor_token_is_written_anywhere(
    people: "People", github: FakePlatform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    verified_at(people)
    github.say(200, {"id": 1})
    github.say(201, {"token": TOKEN})
    github.say(500, {"message": f"bad token {TOKEN}"})
    assert sent(github) == 0
    written = f"{caplog.text} {check().problem} {APP!r}"
    assert isinstance(APP, GithubApp)
    assert TOKEN not in written
    assert not any(line in written for line in APP.pem.splitlines() if line)
