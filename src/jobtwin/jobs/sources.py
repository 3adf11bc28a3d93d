"""Where work is: asked and fetched for its learner, a private repository with what they may read."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from jobtwin.core.errors import BadSource
from jobtwin.outside.client import Client
from jobtwin.outside.github import GithubApp, repository_of
from jobtwin.outside.github_reading import reading_login, require_reader
from jobtwin.services.source_token import host_of, source_login
from jobtwin.source.address import Source
from jobtwin.source.login import Login, LoginNeeded
from jobtwin.source.repository import Repository, fetch, resolve_commit
from jobtwin.store import platform
from jobtwin.store.models import Attempt, Person
from jobtwin.store.queries.person import github_account


def commit_of(attempt: Attempt, source: Source, *, now: datetime, client: Client | None = None) -> str:
    """The commit at HEAD of what a learner names. Raises BadSource and OutsideFailure.

    A repository that wants a login is read with the token that the learner gave for its host, else through
    the GitHub App, if this learner may read it themselves.
    """
    login = source_login(attempt=attempt, source=source)
    try:
        return resolve_commit(source, login=login)
    except LoginNeeded as error:
        app, repository, way = _through_app(source, error, client)
        login = _lent(app, repository, attempt.learner, client=way, now=now)
        return resolve_commit(source, login=login)


def fetched(
    attempt: Attempt,
    source: Source,
    *,
    commit: str,
    into: Path,
    now: Callable[[], datetime],
    client: Client | None = None,
) -> Repository:
    """The pinned commit as `fetch` gives it. Who may read it was asked when `commit_of` pinned it."""
    login = source_login(attempt=attempt, source=source)
    try:
        return fetch(source, commit=commit, into=into, login=login)
    except LoginNeeded as error:
        app, repository, way = _through_app(source, error, client)
        login = reading_login(app, repository, client=way, now=now())
        return fetch(source, commit=commit, into=into, login=login)


def _through_app(source: Source, needed: LoginNeeded, client: Client | None) -> tuple[GithubApp, str, Client]:
    """The App, the repository's owner/name and the way to GitHub; raises `needed` where there is none."""
    app, repository = platform.github_app(), repository_of(source.location)
    if app is None or not app.reads or repository is None:
        raise _with_hint(needed, source)
    return app, repository, client or platform.outside_client()


def _with_hint(needed: LoginNeeded, source: Source) -> LoginNeeded:
    if host_of(source) not in platform.login_rules().hosts:
        return needed
    return LoginNeeded(f"{needed.message}. For a private one, give a token first")


def _lent(app: GithubApp, repository: str, learner: Person, *, client: Client, now: datetime) -> Login:
    account = github_account(learner)
    if account is None:
        raise BadSource(
            "this repository is not public, or does not exist. To submit a private one, connect your GitHub"
            " account first: Account, Other sign-ins"
        )
    login = reading_login(app, repository, client=client, now=now)
    require_reader(app, repository, login, account, client=client)
    return login
