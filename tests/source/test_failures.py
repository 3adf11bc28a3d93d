"""What git's words mean: whose fault it is, and whether another try helps."""

import pytest

from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.source.address import Source
from jobtwin.source.failures import GitTrouble, meaning_of
from jobtwin.source.git import GitFailed, GitOutputLimit, GitTimeout

REMOTE = Source("x", "https", "https://example.org/ada/ssl-certificate.git", "example.org", 443)
LOCAL = Source("x", "local", "/home/ada/capstone")


def meaning(trouble: GitTrouble | str, source: Source = REMOTE) -> tuple[str, bool]:
    """The code of the error, and whether another try helps."""
    error = meaning_of(GitFailed(128, trouble) if isinstance(trouble, str) else trouble, source)
    assert isinstance(error, BadSource | OutsideFailure)
    return error.code, isinstance(error, OutsideFailure) and error.retry


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("error: index-pack died of signal 25", "too_large"),
        ("fatal: Out of memory, malloc failed", "too_large"),
        ("error: object 12ab: hasDotgit: contains '.git'", "bad_path"),
        ("error: object 12ab: badTimezone: invalid author/committer line\nfatal: fsck error", "bad_source"),
        ("error: rev-list died of signal 11", "too_deep"),
        ("The requested URL returned error: 302", "bad_source"),
        ("fatal: could not read Username for 'https://example.org': terminal prompts disabled", "bad_source"),
        ("fatal: repository 'https://example.org/x/' not found", "bad_source"),
        ("fatal: dumb http transport does not support shallow capabilities", "bad_source"),
        ("fatal: remote error: upload-pack: not our ref 1234", "bad_source"),
        ("fatal: protocol error: bad line length character: <htm", "bad_source"),
    ],
)
def test_what_is_wrong_with_a_repository_is_said_and_not_tried_again(words: str, code: str) -> None:
    assert meaning(words) == (code, False)


@pytest.mark.parametrize(
    ("words", "code", "retry"),
    [
        ("fatal: unable to access 'x': Failed to connect to example.org port 443", "host_failed", True),
        ("fatal: unable to access 'x': The requested URL returned error: 503", "host_failed", True),
        ("fatal: unable to access 'x': server certificate verification failed", "bad_certificate", False),
        ("fatal: write error: No space left on device", "disk_full", True),
        ("anything else", "host_failed", True),
    ],
)
def test_what_is_wrong_with_a_host_or_this_machine_is_nobodys_mark(
    words: str, code: str, retry: bool
) -> None:
    assert meaning(words) == (code, retry)


def test_neither_the_hosts_own_words_nor_the_repositorys_name_decide() -> None:
    assert meaning("remote: No space left on device\nanything else") == ("host_failed", True)
    assert meaning(f"fatal: unable to access '{REMOTE.location}/': Connection refused") == (
        "host_failed",
        True,
    )


def test_a_host_that_is_silent_is_asked_again_and_a_slow_folder_is_too_large() -> None:
    assert meaning(GitTimeout("x")) == ("host_timeout", True)
    assert meaning(GitTimeout("x"), LOCAL) == ("too_large", False)
    assert meaning(GitOutputLimit("x")) == ("too_large", False)


def test_an_unknown_fault_of_a_local_repository_is_its_own() -> None:
    assert meaning("anything else", LOCAL) == ("bad_source", False)
