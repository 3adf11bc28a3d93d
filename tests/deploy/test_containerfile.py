"""The Containerfile: who runs it, what is pinned, what cannot be in it."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

from jobtwin.verification.f2.containerfile import parse_containerfile

ROOT = Path(__file__).parents[2]
INSTRUCTIONS = parse_containerfile((ROOT / "Containerfile").read_bytes(), instructions=500)


def values(name: str) -> list[str]:
    return [one.value for one in INSTRUCTIONS if one.name == name]


def test_it_never_ends_as_root() -> None:
    users = values("USER")
    assert users[0] == users[-1] == "10001:10001"
    assert all(one == "10001:10001" for one in users[::2])


def test_everything_that_pip_installs_has_a_hash() -> None:
    installs = [value for value in values("RUN") if "pip install" in value]
    assert len(installs) == 2
    assert all("--require-hashes" in value and "--no-compile" in value for value in installs)
    for lock in ("run.txt", "build.txt"):
        text = (ROOT / "requirements" / lock).read_text()
        assert len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)) <= text.count("--hash=sha256:")


def test_versions_of_the_build_do_not_contradict_those_that_run() -> None:
    def pins(lock: str) -> dict[str, str]:
        text = (ROOT / "requirements" / lock).read_text()
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))

    run, build = pins("run.txt"), pins("build.txt")
    assert all(run.get(name, version) == version for name, version in build.items())


def test_the_context_holds_only_what_is_copied() -> None:
    lines = (ROOT / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    copied = [word for value in values("COPY") if "--from" not in value for word in value.split()[:-1]]
    assert {f"!{word.removeprefix('./')}" for word in copied if not word.startswith("/")} <= set(lines)


def test_the_comparison_of_two_builds_is_a_script_that_a_shell_reads() -> None:
    script = ROOT / "deploy/reproduce"
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", script], check=True)


def test_it_is_asked_for_its_health_at_the_port_that_it_serves() -> None:
    container = tomllib.loads((ROOT / "jobtwin.toml").read_text())["container"]
    assert values("EXPOSE") == [str(container["port"])]
    assert f"127.0.0.1:{container['port']}{container['health']}" in values("HEALTHCHECK")[0]
