"""The limits of a running git: time, output, the size of files; and an open reader under several threads."""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from jobtwin.core.errors import OutsideFailure
from jobtwin.source.address import PUBLIC, Source, SourcePolicy, parse_source
from jobtwin.source.git import Git, GitFailed, GitOutputLimit, GitSettings, GitTimeout
from jobtwin.source.limits import DEFAULT_LIMITS
from jobtwin.source.reach import reach
from jobtwin.source.repository import fetch
from tests.host.source.forge import Forge, incompressible
from tests.source.test_host import Names, unknown

pytestmark = pytest.mark.host


def test_the_options_are_those_that_git_itself_sees() -> None:
    options = Git().run("config", "--list").decode()
    for line in (
        "protocol.allow=never",
        "http.followredirects=false",
        "core.hookspath=/dev/null",
        "transfer.fsckobjects=true",
        "core.protecthfs=true",
        "core.protectntfs=true",
        "core.symlinks=false",
        "submodule.recurse=false",
    ):
        assert line in options.splitlines()


def test_no_configuration_of_the_user_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Ada\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(GitFailed) as caught:
        Git().run("config", "--get", "user.name")
    assert caught.value.code == 1


def test_no_protocol_is_spoken_by_default(forge: Forge) -> None:
    forge.commit_files({"x": b"x"})
    with pytest.raises(GitFailed, match="not allowed"):
        Git().run("--git-dir=/nonexistent", "ls-remote", "--", f"file://{forge.root}")


def test_a_git_that_takes_too_long_is_killed() -> None:
    git = replace(Git(), deadline=time.monotonic() + 0.2)
    reading, writing = os.pipe()
    try:
        with os.fdopen(reading, "rb", buffering=0) as silence, pytest.raises(GitTimeout):
            git.run("hash-object", "--stdin", stdin=silence)
    finally:
        os.close(writing)


def test_a_git_that_writes_too_much_is_killed(forge: Forge) -> None:
    blob = forge.blob(incompressible(200_000))
    with pytest.raises(GitOutputLimit):
        Git().run(f"--git-dir={forge.git_dir}", "cat-file", "blob", blob, output_bytes=100_000)


def test_no_file_grows_beyond_its_limit(forge: Forge, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(incompressible(300_000))
    git = Git(write_bytes=100_000)
    with pytest.raises(GitFailed):
        git.run(f"--git-dir={forge.git_dir}", "hash-object", "-w", "--", str(tmp_path / "big"))
    assert max(path.stat().st_size for path in forge.git_dir.rglob("*")) <= 100_352


def test_several_threads_read_one_repository(
    forge: Forge, tmp_path: Path, local: Callable[[Forge], Source]
) -> None:
    files = {f"f{number}": incompressible(number * 997) for number in range(60)}
    forge.commit_files(files)
    with (
        fetch(local(forge), into=tmp_path / "kept") as repository,
        ThreadPoolExecutor(8) as pool,
    ):
        assert dict(zip(files, pool.map(repository.read, files), strict=True)) == files


def test_a_reader_whose_git_died_says_so_once_and_recovers(
    forge: Forge, tmp_path: Path, local: Callable[[Forge], Source]
) -> None:
    forge.commit_files({"x": b"x"})
    repository = fetch(local(forge), into=tmp_path / "kept")
    assert repository.read("x") == b"x"
    process = repository._objects._process
    assert process is not None
    process.kill()
    process.wait()
    with pytest.raises(OutsideFailure) as caught:
        repository.read("x")
    assert caught.value.retry
    assert repository.read("x") == b"x"
    repository.close()
    assert repository.read("x") == b"x"


def test_with_a_proxy_the_name_is_still_judged_unless_the_operator_leaves_it_to_the_proxy() -> None:
    source = parse_source("https://example.org/x", PUBLIC)
    proxied = GitSettings(path=os.environ["PATH"], proxy="http://proxy.example:3128")
    git = reach(source, limits=DEFAULT_LIMITS, settings=proxied, resolver=Names("93.184.216.34"))
    assert git.options == {"http.proxy": "http://proxy.example:3128"}
    with pytest.raises(OutsideFailure):
        reach(source, limits=DEFAULT_LIMITS, settings=proxied, resolver=unknown)
    trusting = replace(proxied, proxy_resolves=True)
    assert reach(source, limits=DEFAULT_LIMITS, settings=trusting, resolver=unknown).options == git.options


def test_an_allowed_loopback_origin_never_goes_through_the_proxy() -> None:
    policy = SourcePolicy(loopback=frozenset({"localhost:8443", "[::1]:8443"}))
    named = parse_source("https://localhost:8443/x", policy)
    literal = parse_source("https://[::1]:8443/x", policy)
    proxied = GitSettings(path=os.environ["PATH"], proxy="http://proxy.example:3128")
    options = [
        reach(source, limits=DEFAULT_LIMITS, settings=proxied, resolver=Names("::1")).options
        for source in (named, literal)
    ]
    assert options == [
        {"http.proxy": "", "http.curloptResolve": "localhost:8443:[::1]"},
        {"http.proxy": ""},
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_reader_that_is_forgotten_leaves_no_process(
    forge: Forge, tmp_path: Path, local: Callable[[Forge], Source]
) -> None:
    forge.commit_files({"x": b"x"})
    repository = fetch(local(forge), into=tmp_path / "kept")
    repository.read("x")
    process = repository._objects._process
    assert process is not None
    assert process.poll() is None
    del repository
    assert process.returncode is not None
