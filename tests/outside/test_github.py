"""GitHub is asked as its documentation says, and what it refuses has a plain reason."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from joserfc import jwt

from jobtwin.core.errors import BadInput, OutsideFailure
from jobtwin.outside.github import CheckRun, check_key, create_check_run, repository_of
from tests.lti.platform import FakePlatform
from tests.outside.github import INSTALLATION, TOKEN, answers, made_app

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
APP, KEY = made_app()
RUN = CheckRun("ada/capstone", "c" * 40, "success", "All.", "Facts.", "https://x.org/a", "one", NOW)


@pytest.fixture
def github() -> Iterator[FakePlatform]:
    found = FakePlatform(KEY)
    yield found
    found.close()


def refused(github: FakePlatform) -> OutsideFailure:
    with pytest.raises(OutsideFailure) as caught:
        create_check_run(APP, RUN, client=github.client, now=NOW)
    return caught.value


def test_a_run_is_put_on_the_commit_with_a_token_for_checks_of_this_repository_alone(
    github: FakePlatform,
) -> None:
    answers(github)
    create_check_run(APP, RUN, client=github.client, now=NOW)
    found, asked, told = github.heard
    assert found.startswith("GET /repos/ada/capstone/installation HTTP/1.1")
    assert asked.startswith(f"POST /app/installations/{INSTALLATION}/access_tokens HTTP/1.1")
    assert told.startswith("POST /repos/ada/capstone/check-runs HTTP/1.1")
    assert [one.count("User-Agent: ") for one in (found, asked, told)] == [1, 1, 1]
    claims = jwt.decode(found.partition("Bearer ")[2].partition("\r\n")[0], KEY, algorithms=["RS256"]).claims
    assert claims == {"iss": "4711", "iat": NOW.timestamp() - 60, "exp": NOW.timestamp() + 480}
    wanted = {"repositories": ["capstone"], "permissions": {"checks": "write"}}
    assert json.loads(asked.partition("\r\n\r\n")[2]) == wanted
    assert f"Authorization: Bearer {TOKEN}" in told
    body = json.loads(told.partition("\r\n\r\n")[2])
    assert (body["head_sha"], body["conclusion"], body["status"]) == ("c" * 40, "success", "completed")
    assert body["completed_at"] == "2026-11-01T09:00:00Z"


@pytest.mark.parametrize(
    ("status", "retry", "told"),
    [(404, False, "not installed"), (401, True, "status 401"), (403, True, "status 403"),
     (503, True, "status 503")],
)  # fmt: skip
def test_the_first_answer_says_whether_another_try_can_help(
    github: FakePlatform, status: int, retry: bool, told: str
) -> None:
    github.say(status)
    error = refused(github)
    assert (error.retry, told in error.message) == (retry, True)


def test_a_commit_that_github_does_not_know_is_not_told_again(github: FakePlatform) -> None:
    github.say(200, {"id": 1})
    github.say(201, {"token": TOKEN})
    github.say(422, {"message": "No commit found for SHA"})
    error = refused(github)
    assert (error.retry, error.message) == (False, "GitHub has no such commit in this repository")


@pytest.mark.parametrize(
    "first", [[], {}, {"id": "1/../../x"}, {"id": True}, {"id": 2**70}, {"id": -1}, "text"]
)
def test_an_installation_that_is_no_number_is_none(github: FakePlatform, first: object) -> None:
    github.say(200, first)
    assert refused(github).message == "GitHub named no installation"
    assert len(github.heard) == 1


@pytest.mark.parametrize("second", [[], {}, {"token": ""}, {"token": "a\r\nX: b"}, {"token": "ä"}])
def test_a_token_that_fits_no_header_is_none(github: FakePlatform, second: object) -> None:
    github.say(200, {"id": 1})
    github.say(201, second)
    assert refused(github).message == "GitHub gave no token"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("https://github.com/ada/capstone", "ada/capstone"),
        ("https://GitHub.com/Ada/cap.stone.git/", "Ada/cap.stone"),
        ("https://github.com/ada", None),
        ("https://github.com/ada/capstone/tree/main", None),
        ("https://github.com/ada/..", None),
        ("https://github.com:8443/ada/capstone", None),
        ("https://github.com.example.org/ada/capstone", None),
        ("http://github.com/ada/capstone", None),
        ("https://gitlab.com/ada/capstone", None),
        ("local:sample", None),
        ("", None),
    ],
)
def test_only_a_repository_at_github_is_one(source: str, found: str | None) -> None:
    assert repository_of(source) == found


@pytest.mark.parametrize("pem", ["", "secret words", KEY.as_pem(private=False).decode()])
def test_what_is_no_private_key_is_told_without_showing_it(pem: str) -> None:
    with pytest.raises(BadInput, match=r"no private RSA key in PEM$"):
        check_key(pem)


def test_an_app_does_not_show_its_key() -> None:
    assert "PRIVATE" in APP.pem
    assert "PRIVATE" not in repr(APP)
