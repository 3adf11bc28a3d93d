"""Globs over the paths of a tree: `*` stays inside a folder, `**` crosses folders, case does not matter."""

import re
from functools import lru_cache


@lru_cache(maxsize=512)
def compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    """One regular expression that fully matches the paths that any of the globs matches."""
    return re.compile("|".join(f"(?:{_regex(glob)})" for glob in globs), re.IGNORECASE | re.DOTALL)


def matches(globs: tuple[str, ...], path: str) -> bool:
    return compiled(globs).fullmatch(path) is not None


def first_match(globs: tuple[str, ...], path: str) -> int:
    """The place of the first glob that a path matches; that of none is behind the last."""
    return next((place for place, glob in enumerate(globs) if matches((glob,), path)), len(globs))


def _regex(glob: str) -> str:
    out: list[str] = []
    rest = glob
    while rest:
        if rest.startswith("**/"):
            out.append(r"(?:[^/]+/)*")
            rest = rest[3:]
        elif rest.startswith("**"):
            out.append(r".*")
            rest = rest[2:]
        else:
            out.append({"*": r"[^/]*", "?": r"[^/]"}.get(rest[0]) or re.escape(rest[0]))
            rest = rest[1:]
    return "".join(out)
