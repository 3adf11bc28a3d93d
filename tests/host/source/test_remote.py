"""Fetching over https from a host on loopback that a development list allows."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.source.address import PUBLIC, Source, SourcePolicy, parse_source
from jobtwin.source.git import GitSettings, operator_settings
from jobtwin.source.limits import FetchLimits
from jobtwin.source.repository import fetch, resolve_commit
from tests.host.source.forge import Forge, incompressible
from tests.host.source.server import Host, serve

pytestmark = pytest.mark.host


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    forge = Forge(tmp_path / "projects" / "repo.git", bare=True).create()
    first = forge.commit_files({"README.md": b"one\n"})
    forge.commit_files({"README.md": b"two\n", "noise": incompressible(50_000)}, parents=[first])
    return forge


@pytest.fixture
def host(forge: Forge, tmp_path: Path) -> Iterator[Host]:
    with serve(forge.root.parent, tmp_path) as host:
        yield host


@pytest.fixture
def trusting(host: Host) -> GitSettings:
    return GitSettings(path=operator_settings().path, ca_file=str(host.ca_file))


def allowed(host: Host, path: str = "repo.git", *, name: str = "127.0.0.1", scheme: str = "https") -> Source:
    policy = SourcePolicy(loopback=frozenset({f"{name}:{host.port}"}))
    return parse_source(host.url(path, host=name, scheme=scheme), policy)


class Names:
    """A resolver that gives the next of its answers each time, and says how often it was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, _host: str, port: int, **_: object) -> list[tuple[Any, Any, Any, Any, Any]]:
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.answers.pop(0), port))]


def all_gone(word: str) -> bool:
    """True once no process of this machine has `word` in its command line; False after five seconds."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if not any(word.encode() in command_line(path) for path in Path("/proc").glob("[0-9]*/cmdline")):
            return True
    return False


def command_line(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_commit_is_fetched_over_https_from_an_allowed_origin(
    host: Host, forge: Forge, trusting: GitSettings, tmp_path: Path
) -> None:
    source = allowed(host)
    head = (forge.root / "refs/heads/main").read_text().strip()
    assert resolve_commit(source, settings=trusting) == head
    repository = fetch(source, into=tmp_path / "kept", settings=trusting)
    assert (repository.commit, repository.read("README.md")) == (head, b"two\n")
    assert (tmp_path / "kept" / "shallow").read_text() == head + "\n"
    assert source.development


def test_a_pinned_commit_is_fetched_after_a_later_push(
    host: Host, forge: Forge, trusting: GitSettings, tmp_path: Path
) -> None:
    pinned = resolve_commit(allowed(host), settings=trusting)
    forge.commit_files({"README.md": b"three\n"}, parents=[pinned])
    repository = fetch(allowed(host), commit=pinned, into=tmp_path / "kept", settings=trusting)
    assert repository.read("README.md") == b"two\n"


def test_a_sha256_repository_is_fetched_over_https(tmp_path: Path) -> None:
    forge = Forge(tmp_path / "projects" / "repo.git", bare=True, algorithm="sha256").create()
    commit = forge.commit_files({"x": b"x"})
    with serve(forge.root.parent, tmp_path) as host:
        settings = GitSettings(path=operator_settings().path, ca_file=str(host.ca_file))
        assert fetch(allowed(host), into=tmp_path / "kept", settings=settings).commit == commit


def test_plain_http_is_spoken_to_an_allowed_loopback_origin_alone(forge: Forge, tmp_path: Path) -> None:
    with serve(forge.root.parent, tmp_path, encrypted=False) as host:
        assert len(resolve_commit(allowed(host, scheme="http"))) == 40
        host.asked.clear()
        with pytest.raises(BadSource):
            parse_source(host.url("repo.git", scheme="http"), PUBLIC)
        assert host.asked == []


def test_git_connects_to_the_address_that_was_judged_and_no_name_is_looked_up_twice(
    host: Host, trusting: GitSettings, tmp_path: Path
) -> None:
    names = Names("127.0.0.1", "169.254.169.254")
    source = allowed(host, name="git.example.org")
    repository = fetch(source, into=tmp_path / "kept", settings=trusting, resolver=names)
    assert repository.read("README.md") == b"two\n"
    assert names.asked == 1


def test_a_public_name_that_leads_to_this_machine_is_refused_before_a_connection(
    host: Host, trusting: GitSettings, tmp_path: Path
) -> None:
    source = parse_source(host.url("repo.git", host="git.example.org"), PUBLIC)
    with pytest.raises(BadSource) as caught:
        fetch(source, into=tmp_path / "kept", settings=trusting, resolver=Names("127.0.0.1"))
    assert caught.value.code == "private_address"
    assert host.asked == []


def test_an_unknown_certificate_is_not_accepted(host: Host, tmp_path: Path) -> None:
    with pytest.raises(OutsideFailure) as caught:
        fetch(allowed(host), into=tmp_path / "kept")
    assert (caught.value.code, caught.value.retry) == ("bad_certificate", False)
    assert host.asked == []


def test_a_redirect_is_not_followed(host: Host, trusting: GitSettings) -> None:
    with pytest.raises(BadSource, match="final URL"):
        resolve_commit(allowed(host, "moved"), settings=trusting)
    assert {path.split("/")[1] for path in host.asked} == {"moved"}


@pytest.mark.parametrize("path", ["login", "gone", "nothing.git"])
def test_a_repository_that_is_not_public_or_not_there_is_the_persons_to_mend(
    path: str, host: Host, trusting: GitSettings
) -> None:
    with pytest.raises(BadSource, match="public"):
        resolve_commit(allowed(host, path), settings=trusting)


def test_a_host_that_serves_plain_files_is_refused_with_the_reason(
    host: Host, forge: Forge, trusting: GitSettings, tmp_path: Path
) -> None:
    commit = (forge.root / "refs/heads/main").read_text()
    (forge.root / "info").mkdir()
    (forge.root / "info/refs").write_text(f"{commit.strip()}\trefs/heads/main\n")
    with pytest.raises(BadSource, match="smart protocol"):
        fetch(allowed(host, "plain"), into=tmp_path / "kept", settings=trusting)
    assert not (tmp_path / "kept").exists()


def test_a_host_that_fails_may_be_asked_again(host: Host, trusting: GitSettings) -> None:
    with pytest.raises(OutsideFailure) as caught:
        resolve_commit(allowed(host, "down"), settings=trusting)
    assert caught.value.retry


def test_a_host_that_does_not_speak_git_is_refused(host: Host, trusting: GitSettings) -> None:
    with pytest.raises(BadSource):
        resolve_commit(allowed(host, "broken"), settings=trusting)


def test_a_port_where_nobody_listens_may_be_asked_again(trusting: GitSettings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        source = parse_source(
            f"https://127.0.0.1:{port}/x", SourcePolicy(loopback=frozenset({f"127.0.0.1:{port}"}))
        )
        with pytest.raises(OutsideFailure) as caught:
            resolve_commit(source, settings=trusting)
    assert caught.value.retry


@pytest.mark.parametrize(
    ("path", "limits"),
    [("silent", FetchLimits(ask_seconds=0.4)), ("half.git", FetchLimits(seconds=0.6))],
)
def test_a_host_that_falls_silent_costs_no_more_than_the_time_limit(
    path: str, limits: FetchLimits, host: Host, trusting: GitSettings, tmp_path: Path
) -> None:
    with pytest.raises(OutsideFailure) as caught:
        fetch(allowed(host, path), into=tmp_path / "kept", limits=limits, settings=trusting)
    assert (caught.value.code, caught.value.retry) == ("host_timeout", True)
    assert not (tmp_path / "kept").exists()
    assert all_gone(f"127.0.0.1:{host.port}")


def test_a_pack_that_travels_beyond_the_limit_is_too_large(
    host: Host, trusting: GitSettings, tmp_path: Path
) -> None:
    with pytest.raises(BadSource) as caught:
        fetch(allowed(host), into=tmp_path / "kept", limits=FetchLimits(pack_bytes=20_000), settings=trusting)
    assert caught.value.code == "too_large"
