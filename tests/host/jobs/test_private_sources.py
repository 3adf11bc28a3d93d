"""A private repository is pinned and fetched through the App, for a learner who may read it themselves."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobtwin.core.errors import BadSource
from jobtwin.source.address import Source, SourcePolicy, parse_source
from jobtwin.source.login import LoginNeeded
from tests.host.services.test_rehearsals import twin
from tests.host.source.forge import Forge
from tests.host.source.server import LOGIN, Host, serve
from tests.lti.platform import FakePlatform
from tests.outside.github import made_app

if TYPE_CHECKING:
    from tests.host.twins import Twin

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]
APP, KEY = made_app()
READER = {"permission": "admin", "user": {"login": "ada", "id": 815}}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    forge = Forge(tmp_path / "projects" / "repo.git", bare=True).create()
    forge.commit_files({"README.md": b"mine\n"})
    with serve(forge.root.parent, tmp_path, encrypted=False) as host:
        yield host


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePlatform]:
    """GitHub in memory; the git host of these tests stands in for github.com."""
    from jobtwin.jobs import sources
    from jobtwin.store import platform

    monkeypatch.setattr(platform, "github_app", lambda: replace(APP, reads=True))
    monkeypatch.setattr(sources, "repository_of", lambda _source: "ada/capstone")
    found = FakePlatform(KEY)
    yield found
    found.close()


@pytest.fixture
def exam() -> "Twin":
    return twin()


def place(host: Host) -> Source:
    policy = SourcePolicy(loopback=frozenset({f"127.0.0.1:{host.port}"}))
    return parse_source(host.url("private.git", scheme="http"), policy)


def connect(exam: "Twin") -> None:
    from allauth.socialaccount.models import SocialAccount

    SocialAccount.objects.create(
        user=exam.people.ada, provider="github", uid="815", extra_data={"login": "ada", "id": 815}
    )


def lend(github: FakePlatform, *, token: str = LOGIN[1]) -> None:
    github.say(200, {"id": 77})
    github.say(201, {"token": token})


def test_it_is_pinned_and_fetched_and_the_token_is_written_nowhere(
    exam: "Twin", host: Host, github: FakePlatform, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from jobtwin.jobs.sources import commit_of, fetched

    caplog.set_level(logging.DEBUG)
    connect(exam)
    lend(github)
    github.say(200, READER)
    commit = commit_of(exam.attempt, place(host), now=exam.now, client=github.client)
    lend(github)
    into = tmp_path / "kept"
    found = fetched(
        exam.attempt, place(host), commit=commit, into=into, now=lambda: exam.now, client=github.client
    )
    with found as repository:
        assert repository.read("README.md") == b"mine\n"
    written = b"".join(one.read_bytes() for one in into.rglob("*") if one.is_file())
    assert LOGIN[1].encode() not in written + caplog.text.encode()


def test_a_learner_without_an_account_at_github_is_told_to_connect_it_and_nobody_is_asked(
    exam: "Twin", host: Host, github: FakePlatform
) -> None:
    from jobtwin.jobs.sources import commit_of

    with pytest.raises(BadSource, match="connect your GitHub account"):
        commit_of(exam.attempt, place(host), now=exam.now, client=github.client)
    assert github.heard == []


def test_somebody_elses_private_repository_is_not_read(
    exam: "Twin", host: Host, github: FakePlatform
) -> None:
    from jobtwin.jobs.sources import commit_of

    connect(exam)
    lend(github)
    github.say(200, {"permission": "none", "user": {"id": 815}})
    with pytest.raises(BadSource, match="not public, or does not exist"):
        commit_of(exam.attempt, place(host), now=exam.now, client=github.client)
    assert host.sent == []


def test_without_the_setting_nothing_private_is_read(
    exam: "Twin", host: Host, github: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobtwin.jobs.sources import commit_of
    from jobtwin.store import platform

    connect(exam)
    monkeypatch.setattr(platform, "github_app", lambda: APP)
    with pytest.raises(LoginNeeded, match="not public"):
        commit_of(exam.attempt, place(host), now=exam.now, client=github.client)
    assert github.heard == []
