"""Which engine runs submissions on this machine. There is no unsandboxed one."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jobtwin.verification.bubblewrap import Bubblewrap
from jobtwin.verification.engine import Engine, EngineFailure, Job, Limits
from jobtwin.verification.fallback import Fallback
from jobtwin.verification.gvisor import Gvisor
from jobtwin.verification.runc import Runc
from jobtwin.verification.settings import VerificationSettings

log = logging.getLogger(__name__)

ENGINES: Mapping[str, type[Bubblewrap | Runc | Gvisor]] = {
    "bubblewrap": Bubblewrap,
    "runc": Runc,
    "gvisor": Gvisor,
}
NAMES = tuple(ENGINES)
BY_DEFAULT = ("bubblewrap", "runc")
"""The engines that are used unasked, the first that works; gVisor only where a setting names it."""

_PROBE = Job(
    argv=(
        "/usr/bin/sh",
        "-c",
        "id -u; test -e /proc/self/fd && touch /w/a /tmp/a && ! touch /usr/a 2>/dev/null && echo ok >&9",
    ),
    limits=Limits(wall_seconds=20, cpu_seconds=20),
)


@dataclass(frozen=True)
class Found:
    """An engine that works here, or why it does not."""

    name: str
    engine: Engine | None = None
    problem: str = ""


def find_engine(name: str, settings: VerificationSettings) -> Found:
    """Look for one engine and run its self-test."""
    try:
        engine = ENGINES[name].on_this_machine(work=settings.work, python=settings.python)
        engine.reap()
        self_test(engine)
    except EngineFailure as error:
        return Found(name, None, error.message)
    return Found(name, engine)


def choose_engine(
    settings: VerificationSettings, *, find: Callable[[str, VerificationSettings], Found] = find_engine
) -> Engine:
    """The engine that `settings.engine` forces, or the preferred one, or the first default that works.

    A preferred gVisor is stood in for by the next engine where it crashes; a forced one never is.
    Raises EngineFailure with the code `no_engine` and a sentence that says what is missing.
    """
    for name in (settings.engine, settings.prefer_engine):
        if name is not None and name not in ENGINES:
            said = f"there is no engine named {name!r}; known: {', '.join(NAMES)}"
            raise EngineFailure(said, retry=False, code="no_engine")
    if settings.engine is not None:
        names = [settings.engine]
    else:
        names = list(dict.fromkeys([settings.prefer_engine or BY_DEFAULT[0], *BY_DEFAULT]))
    problems: list[str] = []
    working: list[Engine] = []
    for name in names:
        found = find(name, settings)
        if found.engine is None:
            problems.append(found.problem)
            continue
        working.append(found.engine)
        if name != "gvisor" or len(working) > 1:
            break
        # A second engine, to stand in where gVisor crashes.
    if not working:
        raise EngineFailure("; ".join(problems), retry=False, code="no_engine")
    return Fallback(working[0], working[1]) if len(working) > 1 else working[0]


def engine_or_none(settings: VerificationSettings) -> Engine | None:
    """The chosen engine, or None (and a line in the log) where this machine has none that works."""
    try:
        return choose_engine(settings)
    except EngineFailure as error:
        log.warning("no sandbox engine: %s", error.message)
        return None


def self_test(engine: Engine) -> None:
    """Run a harmless command. Raises EngineFailure (`no_engine`) unless it ends well."""
    try:
        outcome = engine.run(_PROBE)
    except EngineFailure as error:
        raise EngineFailure(
            f"{engine.name} does not work here: {error.message}", retry=False, code="no_engine"
        ) from error
    if outcome.exit_code != 0 or outcome.result != b"ok\n":
        said = outcome.stderr.strip()[-200:]
        raise EngineFailure(f"{engine.name} fails its self-test: {said}", retry=False, code="no_engine")


def works(engine: Engine) -> bool:
    """Whether a known-good command still runs: tells a crashing engine from a crashing suite."""
    try:
        self_test(engine)
    except EngineFailure:
        return False
    return True
