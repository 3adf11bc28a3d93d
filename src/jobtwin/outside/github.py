"""Check runs on GitHub: a token of the App, one of its installation, and one run on a commit.

Source: https://docs.github.com/en/rest/checks/runs and, for tokens, https://docs.github.com/en/apps.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from jobtwin.core.errors import BadInput, OutsideFailure
from jobtwin.outside.client import Client
from jobtwin.outside.request import AGENT, Post

API = "https://api.github.com"
VERSION = "2022-11-28"
NAME = "Job Twin verification"
EARLIER, VALID = timedelta(minutes=1), timedelta(minutes=8)
"""GitHub asks for a minute of room for clocks that differ, and takes ten minutes at most."""
NEVER = frozenset({301, 404, 410, 422, 451})
"""Statuses that say that a repository or a commit is not there, or not under this name."""
MAX_ID = 2**63

_REPOSITORY = re.compile(r"/([A-Za-z0-9-]{1,39})/([A-Za-z0-9._-]{1,100}?)(?:\.git)?/?")


@dataclass(frozen=True, slots=True)
class GithubApp:
    """An App as its owner registered it: its id, and its private key in PEM, which nothing shows.

    `reads` says that private repositories are read through it.
    """

    app_id: str
    pem: str = field(repr=False)
    api: str = API
    reads: bool = False


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What is told of a commit of `repository` (owner/name). `summary` is Markdown, `details` an address."""

    repository: str
    commit: str
    conclusion: str
    title: str
    summary: str
    details: str
    external_id: str
    at: datetime


def repository_of(source: str) -> str | None:
    """The owner/name of a source at github.com; None for any other place."""
    parts = urlsplit(source.strip())
    if parts.scheme.lower() != "https" or parts.netloc.lower() not in ("github.com", "www.github.com"):
        return None
    found = _REPOSITORY.fullmatch(parts.path)
    return f"{found[1]}/{found[2]}" if found and found[2] not in (".", "..") else None


def check_key(pem: str) -> None:
    """Raises BadInput, which shows nothing of it, for what is no private RSA key."""
    try:
        usable = RSAKey.import_key(pem).is_private
    except (ValueError, TypeError):
        usable = False
    if not usable:
        raise BadInput("the key of the GitHub App is no private RSA key in PEM")


def app_token(app: GithubApp, *, now: datetime) -> str:
    """The JWT by which the App names itself (RS256)."""
    claims = {
        "iss": app.app_id,
        "iat": int((now - EARLIER).timestamp()),
        "exp": int((now + VALID).timestamp()),
    }
    return jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, RSAKey.import_key(app.pem))


def create_check_run(app: GithubApp, run: CheckRun, *, client: Client, now: datetime) -> None:
    """Tells GitHub. Raises OutsideFailure: without `retry` where the App or the commit is not there."""
    with _naming("the App is not installed on this repository"):
        token = installation_token(app, run.repository, {"checks": "write"}, client=client, now=now)
    with _naming("GitHub has no such commit in this repository"):
        client.post(f"{app.api}/repos/{run.repository}/check-runs", _post(token, _told(run)))


def installation_token(
    app: GithubApp, repository: str, permissions: Mapping[str, str], *, client: Client, now: datetime
) -> str:
    """A token of an hour for this repository (owner/name) and these permissions alone, whatever else the App
    may do. Raises OutsideFailure, with a status of NEVER where the App is not there or may not.
    """
    installation = _installation(app, repository, client, now)
    wanted = {"repositories": [repository.partition("/")[2]], "permissions": dict(permissions)}
    address = f"{app.api}/app/installations/{installation}/access_tokens"
    answer = client.post(address, _post(app_token(app, now=now), wanted))
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    token = found.get("token") if isinstance(found, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise OutsideFailure("GitHub gave no token", retry=True)
    return token


def _installation(app: GithubApp, repository: str, client: Client, now: datetime) -> int:
    address = f"{app.api}/repos/{repository}/installation"
    answer = client.json(address, token_headers(app_token(app, now=now)))
    found = answer.get("id") if isinstance(answer, dict) else None
    if type(found) is not int or not 0 < found < MAX_ID:
        raise OutsideFailure("GitHub named no installation", retry=True)
    return found


@contextmanager
def _naming(absent: str) -> Iterator[None]:
    """An answer of NEVER is told as `absent` and not tried again; every other one may be mended, a wrong key
    or a missing permission by the App's owner."""
    try:
        yield
    except OutsideFailure as error:
        gone = error.status in NEVER
        told = absent if gone else error.message
        raise OutsideFailure(told, retry=not gone, status=error.status) from error


def token_headers(token: str) -> Mapping[str, str]:
    """How a request names itself by a token."""
    return {
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": VERSION,
    }


def _post(token: str, content: Mapping[str, object]) -> Post:
    """GitHub refuses what names no agent."""
    headers = {"Content-Type": "application/json", "User-Agent": AGENT}
    return Post(json.dumps(content).encode(), {**token_headers(token), **headers})


def _told(run: CheckRun) -> Mapping[str, object]:
    return {
        "name": NAME,
        "head_sha": run.commit,
        "status": "completed",
        "conclusion": run.conclusion,
        "completed_at": run.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "external_id": run.external_id,
        "details_url": run.details,
        "output": {"title": run.title, "summary": run.summary},
    }
