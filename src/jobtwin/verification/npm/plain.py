"""What may stand in a package.json or its lock: names and versions of the registry, and no place besides.

npm asks whatever a dependency, an override or a name in a lock says: an address inside our network, a git
repository, a file of this machine. So only what can be nothing but a version is handed on.
Source: npm documentation, "package-spec"; "overrides" in "package.json".
"""

import re
from collections.abc import Mapping

NAME = r"(?:@[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)?[A-Za-z0-9_~-][A-Za-z0-9._~-]*"
MAX_DEPTH = 10
"""Of overrides in overrides."""

_NAME = re.compile(NAME)
_RANGE = re.compile(r"(?!\.)[0-9A-Za-z._^~<>=|*+ -]{0,200}")
_FILE = re.compile(r"\.(?:tgz|tar\.gz|tar)\s*", re.IGNORECASE)
_ALIAS = re.compile(rf"npm:{NAME}(?:@(.*))?")
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,200}")
_OVERRIDDEN = re.compile(rf"{NAME}(?:@(.*))?")


def is_name(text: object) -> bool:
    """A name of the registry, with or without a scope; never a path or an address."""
    return isinstance(text, str) and len(text) <= 214 and _NAME.fullmatch(text) is not None


def is_version(text: object) -> bool:
    """One version."""
    return isinstance(text, str) and _VERSION.fullmatch(text) is not None


def is_range(text: object) -> bool:
    """Versions, a tag, or an alias of another package with them; no file, repository or address."""
    if not isinstance(text, str):
        return False
    alias = _ALIAS.fullmatch(text)
    wanted = (alias[1] or "") if alias else text.strip()
    return _RANGE.fullmatch(wanted) is not None and _FILE.search(wanted) is None


def are_overrides(value: object, depth: int = MAX_DEPTH) -> bool:
    """Overrides as npm has them: ranges, `$name`, and overrides below a package."""
    if isinstance(value, str):
        return is_range(value) or (value.startswith("$") and is_name(value[1:]))
    if not isinstance(value, Mapping) or not depth:
        return False
    return all(_is_overridden(key) and are_overrides(one, depth - 1) for key, one in value.items())


def _is_overridden(key: str) -> bool:
    found = _OVERRIDDEN.fullmatch(key)
    return key == "." or (found is not None and is_range(found[1] or ""))
