"""Rules of a brief that a schema cannot say: sums, references, ids that stand once.

They read plain data before it is validated, and pass over what has another shape than they expect: the
schema complains about that. So one broken line hides no other problem.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from jobtwin.core.brief_problem import Path, Problem, near

Item = tuple[Path, Mapping[str, object]]

_VERIFIED_IDS = frozenset({"F1", "F2", "F3", "F4"})


def broken_rules(document: object) -> Iterator[Problem]:
    """Every broken rule of a document that is to become a brief."""
    if not isinstance(document, Mapping):
        return
    rubric = document.get("rubric")
    dimensions = _items(rubric, "dimensions", ("rubric",))
    criteria = [one for path, item in dimensions for one in _items(item, "criteria", path)]
    checks = _items(document, "self_checks", ())
    yield from _weights(dimensions)
    yield from _repeated("dimension", dimensions)
    yield from _repeated("criterion", criteria)
    yield from _repeated("self-check", checks)
    for noun, name in (("skill", "skills"), ("deliverable", "deliverables"), ("window", "windows")):
        yield from _repeated(noun, _items(document, name, ()))
    for path, item in dimensions:
        levels = _items(item, "levels", path)
        yield from _repeated("level", levels)
        yield from _rising(levels)
    yield from _checks_are_known(criteria, checks)
    yield from _time_box(document)
    yield from _modes(document)


def _weights(dimensions: list[Item]) -> Iterator[Problem]:
    try:
        weights = [Decimal(str(item["weight"])) for _, item in dimensions]
    except (KeyError, InvalidOperation):
        return
    total = sum(weights, Decimal(0))
    if weights and total.is_finite() and total != 1:
        more, by = ("add", 1 - total) if total < 1 else ("take away", total - 1)
        sentence = f"the weights of the dimensions sum to {total}, not 1; {more} {by}"
        yield Problem(("rubric", "dimensions"), sentence)


def _repeated(noun: str, items: list[Item]) -> Iterator[Problem]:
    seen: set[object] = set()
    for path, item in items:
        name = item.get("id")
        if isinstance(name, str) and name in seen:
            yield Problem((*path, "id"), f"the {noun} `{name}` stands twice; give this one another id")
        seen.add(name if isinstance(name, str) else None)


def _rising(levels: list[Item]) -> Iterator[Problem]:
    """The lowest level begins at 0, so that every score reaches one, and each one begins above the former."""
    former: Decimal | None = None
    for path, item in levels:
        try:
            least = Decimal(str(item["least"]))
        except (KeyError, InvalidOperation):
            return
        if former is None and least != 0:
            yield Problem((*path, "least"), 'the lowest level begins at "0.00"; write that')
        if former is not None and not least > former:
            yield Problem((*path, "least"), f"must be above {former}, where the level before it begins")
        former = least


def _checks_are_known(criteria: list[Item], checks: list[Item]) -> Iterator[Problem]:
    by_id = {str(item.get("id")): item for _, item in checks}
    for path, item in criteria:
        name = item.get("check")
        if not isinstance(name, str):
            continue
        if name not in by_id:
            yield Problem((*path, "check"), f"the self-checks have no {name}; {_meant(name, list(by_id))}")
        elif not _is_verified(by_id[name]):
            yield Problem(
                (*path, "check"),
                f"nothing is verified for {name}; give that self-check `verifies: tests`, or this criterion "
                "another kind of evidence",
            )


def _meant(name: str, known: list[str]) -> str:
    meant = near(name, known)
    if meant:
        return f"write {meant}"
    return f"write one of {', '.join(known)}" if known else "add it to `self_checks`"


def _is_verified(check: Mapping[str, object]) -> bool:
    said = check.get("verifies")
    return said != "nothing" if said is not None else check.get("id") in _VERIFIED_IDS


def _time_box(document: Mapping[str, object]) -> Iterator[Problem]:
    hours, windows = document.get("time_box_hours"), document.get("windows")
    if hours is None and not windows:
        yield Problem(("time_box_hours",), "is missing; add `time_box_hours: 336`, or `windows` with minutes")
    if hours is not None and windows:
        yield Problem(
            ("time_box_hours",), "stands beside `windows`, whose minutes are the time-box; take it out"
        )


def _modes(document: Mapping[str, object]) -> Iterator[Problem]:
    found = document.get("submission_modes")
    modes = list(found) if isinstance(found, list | tuple) else []
    for index, mode in enumerate(modes):
        if isinstance(mode, str) and mode in modes[:index]:
            yield Problem(("submission_modes", index), f"`{mode}` stands twice; take this one out")


def _items(holder: object, name: str, path: Path) -> list[Item]:
    """The mappings of a list below `holder`, each with its path."""
    listed = holder.get(name) if isinstance(holder, Mapping) else None
    if not isinstance(listed, list | tuple):
        return []
    return [((*path, name, index), item) for index, item in enumerate(listed) if isinstance(item, Mapping)]
