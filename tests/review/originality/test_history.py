"""History facts say what a commit says, and what cannot be known from it."""

from datetime import UTC, datetime, timedelta

import pytest

from jobtwin.review.originality.history import history_facts, parse_commit

START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=14)


def commit(
    *, at: datetime, committer: str = "ada@example.org", parents: int = 1, message: str = "Work"
) -> bytes:
    seconds = int(at.timestamp())
    rows = ["tree " + "a" * 40, *["parent " + "b" * 40] * parents]
    rows += [f"author Ada <ada@example.org> {seconds} +0100", f"committer X <{committer}> {seconds} +0000"]
    return ("\n".join(rows) + f"\n\n{message}\n").encode()


def kinds(content: bytes) -> list[str]:
    return [fact["kind"] for fact in history_facts(parse_commit(content), started=START, submitted=END)]


def test_an_ordinary_commit_says_only_what_cannot_be_known() -> None:
    assert kinds(commit(at=START + timedelta(days=3))) == ["unknown", "unknown"]


@pytest.mark.parametrize("at", [START - timedelta(days=1), END + timedelta(days=1)])
def test_dates_outside_of_the_window_are_told_twice(at: datetime) -> None:
    assert kinds(commit(at=at)).count("outside") == 2


def test_one_bulk_import_and_several_people_are_told() -> None:
    assert "bulk" in kinds(commit(at=START, parents=0))
    assert kinds(commit(at=START, committer="other@example.org")).count("people") == 1
    assert kinds(commit(at=START, message="Work\n\nCo-authored-by: Bo <b@x>")).count("people") == 1


def test_no_name_and_no_address_is_told() -> None:
    facts = history_facts(parse_commit(commit(at=START, committer="o@x")), started=START, submitted=END)
    assert not any("@" in fact["text"] or "Ada" in fact["text"] for fact in facts)


@pytest.mark.parametrize("content", [b"", b"\xff\n\n", b"author A <a> 99999999999999 +0000\n\n"])
def test_an_odd_commit_is_no_error(content: bytes) -> None:
    assert "people" in kinds(content)
