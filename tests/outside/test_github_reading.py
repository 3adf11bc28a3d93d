"""The App reads a private repository for whoever may read it themselves, and for nobody else."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.outside.github_reading import Account, reading_login, require_reader
from jobtwin.source.login import Login
from tests.lti.platform import FakePlatform
from tests.outside.github import TOKEN, made_app

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
APP, KEY = made_app()
ADA = Account(815, "ada")
LOGIN = Login("x-access-token", TOKEN)


@pytest.fixture
def github() -> Iterator[FakePlatform]:
    found = FakePlatform(KEY)
    yield found
    found.close()


def test_the_login_is_for_the_files_of_this_repository_alone(github: FakePlatform) -> None:
    github.say(200, {"id": 77})
    github.say(201, {"token": TOKEN})
    assert reading_login(APP, "ada/capstone", client=github.client, now=NOW) == LOGIN
    wanted = {"repositories": ["capstone"], "permissions": {"contents": "read", "metadata": "read"}}
    assert json.loads(github.heard[1].partition("\r\n\r\n")[2]) == wanted


@pytest.mark.parametrize("permission", ["admin", "write", "read"])
def test_whoever_may_read_it_at_github_may_have_it_read(github: FakePlatform, permission: str) -> None:
    github.say(200, {"permission": permission, "user": {"login": "ada", "id": 815}})
    require_reader(APP, "ada/capstone", LOGIN, ADA, client=github.client)
    (asked,) = github.heard
    assert asked.startswith("GET /repos/ada/capstone/collaborators/ada/permission HTTP/1.1")
    assert f"Authorization: Bearer {TOKEN}" in asked


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (200, {"permission": "none", "user": {"id": 815}}),
        (200, {"permission": "read", "user": {"id": 816}}),
        (200, {"permission": "read", "user": None}),
        (200, {"permission": "owner", "user": {"id": 815}}),
        (200, []),
        (404, {}),
    ],
)
def test_nobody_else_has_it_read_and_all_are_told_the_same(
    github: FakePlatform, status: int, told: object
) -> None:
    github.say(status, told)
    with pytest.raises(BadSource, match="not public, or does not exist"):
        require_reader(APP, "ada/capstone", LOGIN, ADA, client=github.client)


def test_an_app_that_is_not_there_is_told_as_the_same_and_a_failing_github_as_a_failure(
    github: FakePlatform,
) -> None:
    github.say(404)
    with pytest.raises(BadSource, match="not public, or does not exist"):
        reading_login(APP, "ada/capstone", client=github.client, now=NOW)
    github.say(503)
    with pytest.raises(OutsideFailure):
        reading_login(APP, "ada/capstone", client=github.client, now=NOW)
    github.say(503)
    with pytest.raises(OutsideFailure):
        require_reader(APP, "ada/capstone", LOGIN, ADA, client=github.client)


def test_a_name_that_is_none_asks_nobody(github: FakePlatform) -> None:
    with pytest.raises(BadSource):
        require_reader(APP, "ada/capstone", LOGIN, Account(815, "../../user"), client=github.client)
