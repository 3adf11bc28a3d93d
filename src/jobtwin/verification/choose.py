"""Which engine runs submissions on this machine. There is no unsandboxed one."""

import logging

from jobtwin.verification.bubblewrap import Bubblewrap
from jobtwin.verification.engine import Engine, EngineFailure, Job, Limits
from jobtwin.verification.settings import VerificationSettings

log = logging.getLogger(__name__)

log = logging.getLogger(__name__)

NAMES = ("bubblewrap",)

_PROBE = Job(
    argv=(
        "/usr/bin/sh",
        "-c",
        "id -u; ls /proc/self/fd >/dev/null && touch /w/a /tmp/a && ! touch /usr/a 2>/dev/null",
    ),
    limits=Limits(wall_seconds=20, cpu_seconds=20),
)


def choose_engine(settings: VerificationSettings) -> Engine:
    """The engine that `settings.engine` forces, or the default, after it passed a self-test.

    Raises EngineFailure with the code `no_engine` and a sentence that says what is missing.
    """
    name = settings.engine or NAMES[0]
    if name not in NAMES:
        known = ", ".join(NAMES)
        raise EngineFailure(
            f"there is no engine named {name!r}; known: {known}", retry=False, code="no_engine"
        )
    engine = Bubblewrap.on_this_machine(work=settings.work, python=settings.python)
    engine.reap()
    self_test(engine)
    return engine


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
    if outcome.exit_code != 0:
        said = outcome.stderr.strip()[-200:]
        raise EngineFailure(f"{engine.name} fails its self-test: {said}", retry=False, code="no_engine")


def works(engine: Engine) -> bool:
    """Whether a known-good command still runs: tells a crashing engine from a crashing suite."""
    try:
        self_test(engine)
    except EngineFailure:
        return False
    return True
