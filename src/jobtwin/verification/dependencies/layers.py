"""Layers by content: built once under a lock in a sibling, shared by parallel runs, evicted when unused."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from jobtwin.verification.dependencies.eviction import evict_environments
from jobtwin.verification.dependencies.locking import FileLock
from jobtwin.verification.dependencies.settings import EnvironmentSettings

Fill = Callable[[Path], Mapping[str, object]]
"""Fills a new folder and describes it; `bytes` is what eviction counts."""

_DESCRIPTION = "environment.json"


def obtain_layer(
    key: str, fill: Fill, settings: EnvironmentSettings
) -> tuple[FileLock, bool, dict[str, object]]:
    """A shared hold of the layer at `settings.venvs / key`, whether it was built now, and what `fill` said
    of it. Whatever `fill` raises is passed on, and nothing is kept then."""
    home = settings.venvs / key
    held = FileLock(settings.venvs / f"{key}.lock")
    built = False
    try:
        while True:
            held.share()
            kept = _kept(home)
            if kept is not None:
                os.utime(home, (settings.clock(),) * 2)
                return held, built, kept
            # Between the two holds another run may build it, or an evictor take it: look again each time.
            held.alone()
            if _kept(home) is None:
                _build(home, fill)
                built = True
                evict_environments(settings, now=settings.clock(), keep=key)
    except BaseException:
        held.close()
        raise


def _kept(home: Path) -> dict[str, object] | None:
    try:
        document = json.loads((home / _DESCRIPTION).read_text())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _build(home: Path, fill: Fill) -> None:
    """Built in a sibling and renamed; what a killed builder left is removed first."""
    staging = home.with_name(f"{home.name}.staging")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        (staging / _DESCRIPTION).write_text(json.dumps(fill(staging)))
        shutil.rmtree(home, ignore_errors=True)
        staging.rename(home)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
