"""Reading a private repository at GitHub through an App that its owner installed there.

An App may read every repository that it is installed on, and a learner names any. So GitHub is asked first
whether the learner's own account may read this one: the App lends nobody more than they have.
Source: https://docs.github.com/en/rest/collaborators/collaborators (permissions of a user).
"""

import re
from dataclasses import dataclass
from datetime import datetime

from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.outside.client import Client
from jobtwin.outside.github import NEVER, GithubApp, installation_token, token_headers
from jobtwin.source.login import USER, Login

READS = {"contents": "read", "metadata": "read"}
MAY_READ = frozenset({"admin", "write", "read"})

_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account at GitHub. `number` stays when `name` passes to somebody else."""

    number: int
    name: str


def reading_login(app: GithubApp, repository: str, *, client: Client, now: datetime) -> Login:
    """A login of an hour that reads this repository (owner/name) alone.

    Raises BadSource where the App is not installed there or may not, OutsideFailure where GitHub fails.
    """
    try:
        return Login(USER, installation_token(app, repository, READS, client=client, now=now))
    except OutsideFailure as error:
        raise _closed() if error.status in NEVER else error from error


def require_reader(
    app: GithubApp, repository: str, login: Login, account: Account, *, client: Client
) -> None:
    """Raises BadSource unless GitHub says that `account` may read the repository, OutsideFailure."""
    if not _NAME.fullmatch(account.name):
        raise _closed()
    address = f"{app.api}/repos/{repository}/collaborators/{account.name}/permission"
    try:
        answer = client.json(address, token_headers(login.secret))
    except OutsideFailure as error:
        raise _closed() if error.status in NEVER else error from error
    told = answer if isinstance(answer, dict) else {}
    person = told.get("user")
    same = isinstance(person, dict) and person.get("id") == account.number
    if not same or told.get("permission") not in MAY_READ:
        raise _closed()


def _closed() -> BadSource:
    """One sentence for every cause: nobody learns from it whether there is such a repository."""
    return BadSource(
        "this repository is not public, or does not exist. A private one needs the GitHub App installed on"
        " it, and your account here connected with the GitHub account that may read it"
    )
