"""Names that a blind reader must not see, taken out of any text.

What can be known is hidden: the learner's name and address, and the owner in the repository's address.
A nickname, a misspelling, a picture or a way of writing cannot be.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

HIDDEN = "[learner]"
LEAST = 3
"""Shorter names are parts of too many words to be taken out."""

_CASE_MATTERS = 4
"""Names of fewer letters are hidden only as they are written: `Ada`, not `ada`."""


def names_of(*, name: str, email: str, source: str) -> tuple[str, ...]:
    """What would tell who the learner is, the longest first: whole name, its words, the account names."""
    words = [*name.split(), name.strip()]
    account = email.partition("@")[0]
    found = {*words, email, account, *_owners(source)}
    return tuple(sorted((one for one in found if len(one) >= LEAST), key=lambda one: (-len(one), one)))


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with every one of these names as `[learner]`, where it stands as a word of its own."""
    for name in names:
        flags = re.IGNORECASE if len(name) >= _CASE_MATTERS else re.NOFLAG
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", HIDDEN, text, flags=flags)
    return text


def _owners(source: str) -> list[str]:
    """The steps of a repository's address before its last one."""
    path = urlsplit(source).path if "://" in source else ""
    return [step for step in path.split("/")[:-1] if step]
