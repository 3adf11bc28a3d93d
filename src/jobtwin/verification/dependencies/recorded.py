"""Locks as a verification used them: kept beside its facts, and given back to one that runs it again.

An index changes every day; a project that leaves versions open would be judged with other packages. What was
asked for (the plan without this machine's interpreter or index) names the lock that answered it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from jobtwin.core.canonical import canonical_json


@dataclass(frozen=True, slots=True)
class RecordedLock:
    """A lock with hashes as text, the digest of what was asked, and what was left out with the reasons."""

    asked: str
    text: str
    given_up: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"asked": self.asked, "text": self.text, "given_up": [list(pair) for pair in self.given_up]}


OnLock = Callable[[RecordedLock], None]
"""Told every lock that an environment is built from."""


def unheard(_lock: RecordedLock) -> None:
    """Where nobody keeps the locks."""


def asked_digest(*parts: object) -> str:
    """64 hex digits over what was asked of the resolver."""
    return hashlib.sha256(canonical_json(list(parts))).hexdigest()
