"""Links: where a link inside a tree leads, decided from the tree alone."""

from collections.abc import Collection, Mapping

MAX_STEPS = 500
"""Steps taken in one resolution; a chain of links that needs more (or never ends) counts as leaving."""

MAX_TARGET_BYTES = 4095
"""Bytes of a link's target (Linux's PATH_MAX without the final zero)."""


def stays_inside(link: str, targets: Mapping[str, str], folders: Collection[str]) -> bool:
    """True where following `link` never leaves the tree, other links on the way followed too.

    `targets` holds every link of the tree with its target, `folders` every folder. The steps are taken
    as the kernel takes them: `..` is applied after the links before it, not to the text. A target that
    does not exist is inside, unless its path goes up again behind the missing step.
    """
    if _leaves_at_once(targets[link]):
        return False
    place = link.split("/")[:-1]
    steps = _steps(targets[link])
    for _ in range(MAX_STEPS):
        if not steps:
            return True
        step = steps.pop()
        here = "/".join([*place, step])
        if step == "..":
            if not place:
                return False
            place.pop()
        elif here in targets:
            if _leaves_at_once(targets[here]):
                return False
            steps += _steps(targets[here])
        elif here in folders:
            place.append(step)
        else:
            return ".." not in steps
    return False


def _leaves_at_once(target: str) -> bool:
    return not target or target.startswith("/") or "\0" in target or len(target.encode()) > MAX_TARGET_BYTES


def _steps(target: str) -> list[str]:
    """The steps of a target, the first one last."""
    return [step for step in reversed(target.split("/")) if step not in ("", ".")]
