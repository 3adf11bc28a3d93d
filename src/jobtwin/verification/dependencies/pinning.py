"""What a lock adds to a plan: pins for what is needed, and refusals of what comes from elsewhere."""

from jobtwin.verification.dependencies.clean import specifier_of
from jobtwin.verification.dependencies.gathering import Gathered
from jobtwin.verification.dependencies.locks import Lock, read_lock
from jobtwin.verification.dependencies.plan import Pin, Requirement
from jobtwin.verification.dependencies.reader import shown


def read_pins(gathered: Gathered, folder: str) -> tuple[Pin, ...]:
    """The pins of the folder's lock for everything that the requirements need."""
    lock = read_lock(gathered.reader, folder)
    if lock is None:
        return ()
    direct = {one.name for one in gathered.requirements}
    needed = lock.reachable(direct)
    for name in sorted(needed & set(lock.foreign)):
        kind = lock.foreign[name]
        if name in direct:
            gathered.foreign.setdefault(name, (kind, lock.path, 0))
        elif name != gathered.name:
            gathered.reader.refuse(_sentence(name, kind), lock.path)
    stale = _stale(lock, gathered.requirements)
    kept = tuple(
        pin
        for name in sorted(needed & set(lock.pins) - set(stale))
        for pin in lock.pins[name]
        if len(lock.pins[name]) == 1 or pin.marker
    )
    gathered.facts["lock_file"] = lock.path
    if stale:
        gathered.facts["lock_pins_ignored"] = stale
    return kept


def refuse_foreign(gathered: Gathered) -> None:
    """Refuses every requirement whose package a manifest or a lock takes from elsewhere than the index."""
    for name in dict.fromkeys(one.name for one in gathered.requirements):
        kind, path, line = gathered.foreign.get(name, ("", "", 0))
        if kind == "workspace":
            gathered.unresolvable.append(
                f"{name} is another project of the workspace; name its folder as the submission's"
            )
        elif kind:
            gathered.reader.refuse(_sentence(name, kind), path, line)


def _stale(lock: Lock, requirements: list[Requirement]) -> dict[str, str]:
    """Pins that contradict what the manifests ask for: the lock is older than they are."""
    found = {}
    for one in requirements:
        pins = lock.pins.get(one.name, [])
        specifier = specifier_of(one)
        if (
            len(pins) == 1
            and ";" not in one.text
            and not specifier.contains(pins[0].version, prereleases=True)
        ):
            found[one.name] = f"{pins[0].version}: {one.origin} asks for {specifier}"
    return found


def _sentence(name: str, kind: str) -> str:
    return f"{shown(name, 60)!r} comes from {kind}; name a version of a published package"
