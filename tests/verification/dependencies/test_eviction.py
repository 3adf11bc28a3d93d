"""Environments go when they are old or too many, and never while somebody holds one."""

import json
import os
from pathlib import Path

import pytest

from jobtwin.verification.dependencies import EnvironmentSettings, evict_environments
from jobtwin.verification.dependencies.locking import FileLock

NOW = 1_000_000.0


def environment(settings: EnvironmentSettings, key: str, *, used: float, size: int = 10) -> Path:
    home = settings.venvs / key
    (home / "venv").mkdir(parents=True)
    (home / "environment.json").write_text(json.dumps({"bytes": size}))
    os.utime(home, (used, used))
    return home


@pytest.fixture
def settings(tmp_path: Path) -> EnvironmentSettings:
    return EnvironmentSettings(tmp_path, cache_bytes=25, cache_seconds=1_000)


def test_what_nobody_used_for_long_goes(settings: EnvironmentSettings) -> None:
    old, new = environment(settings, "old", used=NOW - 1_001), environment(settings, "new", used=NOW - 999)

    assert evict_environments(settings, now=NOW) == ("old",)
    assert (old.exists(), new.exists()) == (False, True)


def test_beyond_the_size_the_longest_unused_go_first(settings: EnvironmentSettings) -> None:
    for number in range(4):
        environment(settings, f"e{number}", used=NOW - number)

    assert evict_environments(settings, now=NOW) == ("e3", "e2")


def test_one_in_use_stays_and_another_goes_for_it(settings: EnvironmentSettings) -> None:
    held = environment(settings, "held", used=NOW - 900, size=20)
    environment(settings, "free", used=NOW, size=20)

    with FileLock(settings.venvs / "held.lock") as lock:
        lock.share()
        assert evict_environments(settings, now=NOW) == ("free",)
    assert held.exists()
    assert evict_environments(settings, now=NOW + 200) == ("held",)


def test_what_a_killed_builder_left_is_cleared_away(settings: EnvironmentSettings) -> None:
    left, building = settings.venvs / "a.staging", settings.venvs / "b.staging"
    left.mkdir(parents=True)
    building.mkdir()

    with FileLock(settings.venvs / "b.lock") as builder:
        builder.alone()
        assert evict_environments(settings, now=NOW) == ()
    assert (left.exists(), building.exists()) == (False, True)


def test_a_download_cache_that_outgrew_its_share_is_emptied_unless_in_use(tmp_path: Path) -> None:
    settings = EnvironmentSettings(tmp_path, download_cache_bytes=20, parallel_installs=2)
    for slot in ("0", "1"):
        (settings.downloads / slot).mkdir(parents=True)
        (settings.downloads / slot / "wheel").write_bytes(b"x" * 50_000)

    with FileLock(settings.downloads / "1.lock") as lock:
        lock.alone()
        evict_environments(settings, now=NOW)
    assert not (settings.downloads / "0").exists()
    assert (settings.downloads / "1" / "wheel").exists()


def test_an_old_resolution_is_forgotten(settings: EnvironmentSettings) -> None:
    settings.resolutions.mkdir(parents=True)
    old = settings.resolutions / "a.json"
    old.write_text("{}")
    os.utime(old, (NOW - settings.resolution_seconds - 1,) * 2)

    evict_environments(settings, now=NOW)
    assert not old.exists()
