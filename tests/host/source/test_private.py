"""A repository that wants a login, at a git host on loopback: who gets it, who does not, and what is told."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobtwin.core.errors import BadSource, JobTwinError
from jobtwin.source.address import Source, SourcePolicy, parse_source
from jobtwin.source.git import GitFailed, GitSettings, operator_settings
from jobtwin.source.login import Login, LoginNeeded
from jobtwin.source.repository import fetch, resolve_commit
from tests.host.source.forge import Forge
from tests.host.source.server import LOGIN, Host, serve

pytestmark = pytest.mark.host

RIGHT = Login(*LOGIN)
WRONG = Login("x-access-token", "tok_of-somebody-else")


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    forge = Forge(tmp_path / "projects" / "repo.git", bare=True).create()
    forge.commit_files({"README.md": b"mine\n"})
    return forge


@pytest.fixture
def host(forge: Forge, tmp_path: Path) -> Iterator[Host]:
    with serve(forge.root.parent, tmp_path) as host:
        yield host


def trusting(host: Host) -> GitSettings:
    return GitSettings(path=operator_settings().path, ca_file=str(host.ca_file))


def place(host: Host, path: str = "private.git") -> Source:
    return parse_source(host.url(path), SourcePolicy(loopback=frozenset({f"127.0.0.1:{host.port}"})))


def everything(error: BaseException | None) -> str:
    """All that an error and its causes say."""
    return "" if error is None else f"{error!r} {error} {vars(error)} {everything(error.__cause__)}"


def test_the_right_login_reads_a_private_repository_and_stays_out_of_what_is_kept(
    host: Host, tmp_path: Path
) -> None:
    source = place(host)
    commit = resolve_commit(source, settings=trusting(host), login=RIGHT)
    into = tmp_path / "kept"
    with fetch(source, commit=commit, into=into, settings=trusting(host), login=RIGHT) as repository:
        assert repository.read("README.md") == b"mine\n"
        repository.bundle(tmp_path / "bundle")
    kept = b"".join(one.read_bytes() for one in into.rglob("*") if one.is_file())
    assert LOGIN[1].encode() not in kept + (tmp_path / "bundle").read_bytes()
    assert host.sent
    assert not any(LOGIN[1] in path for path in host.asked)


def test_without_a_login_it_is_told_that_one_is_needed(host: Host) -> None:
    with pytest.raises(LoginNeeded, match="asks for a login"):
        resolve_commit(place(host), settings=trusting(host))
    assert host.sent == []


@pytest.mark.parametrize(("path", "login"), [("private.git", WRONG), ("echo", RIGHT)])
def test_a_refused_login_is_told_without_showing_it_even_where_the_host_repeats_it(
    host: Host, path: str, login: Login, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(BadSource, match="refused the login") as caught:
        resolve_commit(place(host, path), settings=trusting(host), login=login)
    assert caught.value.code == "login_refused"
    assert isinstance(caught.value.__cause__, GitFailed)
    with pytest.raises(BadSource) as fetching:
        fetch(place(host, path), commit="a" * 40, into=tmp_path / "x", settings=trusting(host), login=login)
    shown = everything(caught.value) + everything(fetching.value) + caplog.text
    assert login.secret not in shown
    assert not any(sent.removeprefix("Basic ") in shown for sent in host.sent)


def test_no_redirect_carries_a_login_to_another_host(host: Host, forge: Forge, tmp_path: Path) -> None:
    with serve(forge.root.parent, tmp_path, elsewhere=host.url("private.git")) as first:
        settings = GitSettings(path=operator_settings().path, ca_file=str(first.ca_file))
        with pytest.raises(JobTwinError, match="final URL"):
            resolve_commit(place(first, "elsewhere"), settings=settings, login=RIGHT)
    assert first.sent
    assert host.asked == []
