"""Room for new environments: the longest unused go first, and never one that somebody holds."""

import json
import shutil
from pathlib import Path

from jobtwin.verification.dependencies.installer import weight
from jobtwin.verification.dependencies.locking import FileLock
from jobtwin.verification.dependencies.settings import EnvironmentSettings


def evict_environments(
    settings: EnvironmentSettings, *, now: float, keep: str | None = None
) -> tuple[str, ...]:
    """Removes what is older than `cache_seconds`, then the oldest beyond `cache_bytes`; names what went.

    `now` is in seconds since 1970, as file times are. Also clears away what a killed builder left.
    """
    removed = []
    homes = sorted(_homes(settings.venvs), key=lambda one: one[1])
    total = sum(size for _, _, size in homes)
    for home, used, size in homes:
        old = now - used > settings.cache_seconds
        if home.name == keep or not (old or total > settings.cache_bytes):
            continue
        if _remove(settings.venvs, home.name):
            removed.append(home.name)
            total -= size
    for staging in settings.venvs.glob("*.staging"):
        if staging.name.removesuffix(".staging") != keep:
            _remove(settings.venvs, staging.name.removesuffix(".staging"), only_staging=True)
    _old_resolutions(settings, now)
    _full_downloads(settings)
    return tuple(removed)


def _homes(venvs: Path) -> list[tuple[Path, float, int]]:
    """Every finished environment with its last use and its size in bytes."""
    found = []
    for description in venvs.glob("*/environment.json"):
        home = description.parent
        try:
            size = int(json.loads(description.read_text())["bytes"])
            found.append((home, home.stat().st_mtime, size))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _remove(venvs: Path, key: str, *, only_staging: bool = False) -> bool:
    with FileLock(venvs / f"{key}.lock") as lock:
        if not lock.try_alone():
            return False
        staging = venvs / f"{key}.staging"
        shutil.rmtree(staging, ignore_errors=True)
        if not only_staging:
            # Renamed first: a kill in between must not leave half an environment under its name.
            (venvs / key).rename(staging)
            shutil.rmtree(staging, ignore_errors=True)
    return True


def _old_resolutions(settings: EnvironmentSettings, now: float) -> None:
    for path in settings.resolutions.glob("*.json"):
        try:
            if now - path.stat().st_mtime > settings.resolution_seconds:
                path.unlink(missing_ok=True)
        except OSError:
            continue


def _full_downloads(settings: EnvironmentSettings) -> None:
    """Empties every download cache that outgrew its share and is not in use."""
    share = settings.download_cache_bytes // max(1, settings.parallel_installs)
    for slot in settings.downloads.glob("*"):
        if slot.is_dir() and weight(slot) > share:
            with FileLock(slot.with_suffix(".lock")) as lock:
                if lock.try_alone():
                    shutil.rmtree(slot, ignore_errors=True)
