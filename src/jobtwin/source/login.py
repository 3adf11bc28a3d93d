"""Logins: what a private repository asks for, given to git where nobody else sees it.

Git asks a helper for a login once a host has asked for one, and the helper answers from git's own
environment. So a secret stands in no argument, no URL, no file, and no message that is kept of git.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from jobtwin.core.errors import BadInput, BadSource
from jobtwin.source.address import Source

MAX_CHARACTERS = 500
USER = "x-access-token"
"""What GitHub wants as the name beside a token; other hosts take any."""

HELPER = (
    '!f() { test "$1" != get || printf "username=%s\\npassword=%s\\n" "$LOGIN_USER" "$LOGIN_SECRET"; }; f'
)

_VISIBLE = re.compile(r"[!-~]+")


class LoginNeeded(BadSource):
    """The host asked for a login, and none was given."""


@dataclass(frozen=True, slots=True)
class LoginRules:
    """For which `hosts` (with a port other than 443) learners may give a token; none: for nobody's.

    A token has at most so many `characters`, a learner gives so many a day (`changes`), and one that nothing
    used is removed so many `days` after the deadline.
    """

    hosts: frozenset[str] = frozenset()
    days: int = 3
    changes: int = 20
    characters: int = MAX_CHARACTERS


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and a secret, which nothing shows. Raises BadInput for what is no line of visible ASCII."""

    user: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        for what, text in (("user name", self.user), ("token", self.secret)):
            if len(text) > MAX_CHARACTERS or not _VISIBLE.fullmatch(text):
                raise BadInput(
                    f"a {what} has 1 to {MAX_CHARACTERS} letters, digits and signs, and no blanks",
                    code="bad_token",
                )

    @property
    def environment(self) -> Mapping[str, str]:
        """What `HELPER` reads."""
        return {"LOGIN_USER": self.user, "LOGIN_SECRET": self.secret}

    def without(self, text: str) -> str:
        """A text without the secret, which a host may repeat, in the form in which it travels neither."""
        travels = b64encode(f"{self.user}:{self.secret}".encode()).decode()
        return text.replace(travels, "[token]").replace(self.secret, "[token]")


def helper_options(source: Source) -> Mapping[str, str]:
    """The options by which git gives a login to the host of `source`, and to no other."""
    scheme, _, rest = source.location.partition("://")
    return {f"credential.{scheme}://{rest.partition('/')[0]}.helper": HELPER}
