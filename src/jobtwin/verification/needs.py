"""What a verification needs from the worker that takes it, what a worker has, and the queues between them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from jobtwin.core.brief import Brief
from jobtwin.core.errors import BadInput
from jobtwin.verification.choose import NAMES, Found, find_engine
from jobtwin.verification.f2.images import ImageStore
from jobtwin.verification.f2.settings import ContainerSettings
from jobtwin.verification.f2.tools import missing_tools
from jobtwin.verification.settings import VerificationSettings

QUEUE = "verification"
"""The queue of verifications that any worker may take; those with needs wait in queues below it."""
CONTAINERS = "containers"
LABELS = (*NAMES, CONTAINERS)
"""What a worker may have, and what a verification may need."""
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Needs:
    """One engine, or whichever there is, and containers (F2) or not."""

    engine: str | None = None
    containers: bool = False

    @property
    def queue(self) -> str:
        """The queue of verifications with exactly these needs, such as `verification.gvisor.containers`."""
        return ".".join([QUEUE, *self.labels])

    @property
    def labels(self) -> tuple[str, ...]:
        return (*filter(None, [self.engine]), *([CONTAINERS] if self.containers else []))

    def met_by(self, has: Iterable[str]) -> bool:
        """Whether a worker with these labels may take it."""
        return set(self.labels) <= set(has)


EVERY = tuple(Needs(engine, containers) for engine in (None, *NAMES) for containers in (False, True))
QUEUES = tuple(one.queue for one in EVERY)


def queues_for(has: Iterable[str]) -> list[str]:
    """The queues whose verifications a worker with these labels may take."""
    held = frozenset(has)
    return [one.queue for one in EVERY if one.met_by(held)]


def engine_of(queue: str | None) -> str | None:
    """The engine that a job of this queue must run on; None: whichever the worker has."""
    return next((one.engine for one in EVERY if one.queue == queue), None)


def for_queue(settings: VerificationSettings, queue: str | None) -> VerificationSettings:
    """The settings with the engine forced that the job's queue names."""
    engine = engine_of(queue)
    return settings if engine is None else replace(settings, engine=engine)


def parse_labels(text: str, *, setting: str) -> tuple[str, ...]:
    """Labels separated by commas, in the order of LABELS. Raises BadInput for an unknown one."""
    named = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in named if name not in LABELS]
    if unknown:
        raise BadInput(f"{setting}: {unknown[0][:40]!r} is none of {', '.join(LABELS)}")
    return tuple(one for one in LABELS if one in named)


def parse_needs(text: str, *, setting: str) -> Needs:
    """What an installation insists on: `containers`, at most one engine, both or nothing. Raises BadInput."""
    labels = parse_labels(text, setting=setting)
    engines = [one for one in labels if one != CONTAINERS]
    if len(engines) > 1:
        raise BadInput(f"{setting} names one engine at most, not {' and '.join(engines)}")
    return Needs(engines[0] if engines else None, CONTAINERS in labels)


def needs_of(brief: Brief, insisted: Needs) -> Needs:
    """What verifying by this brief needs, of what the installation insists on."""
    verified = {check.verification for check in brief.self_checks}
    runs_code = bool(verified & {"tests", "evals", "container"})
    return Needs(
        insisted.engine if runs_code else None,
        insisted.containers and "container" in verified,
    )


def found_here(
    settings: VerificationSettings,
    containers: ContainerSettings,
    *,
    find: Callable[[str, VerificationSettings], Found] = find_engine,
    lacking: Callable[[], tuple[str, ...]] = missing_tools,
) -> tuple[str, ...]:
    """The labels that this machine earns: engines that pass their self-test (a forced one alone), and
    containers where their programs and a base image are here."""
    names = NAMES if settings.engine is None else (settings.engine,)
    engines = [name for name in names if name in NAMES and find(name, settings).engine is not None]
    able = not lacking() and bool(ImageStore(containers.images).images())
    return (*engines, *([CONTAINERS] if able else []))
