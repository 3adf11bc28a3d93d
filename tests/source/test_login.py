"""Logins show their secret to nobody, and stand in git's environment alone."""

from base64 import b64encode

import pytest

from jobtwin.core.errors import BadInput
from jobtwin.source.address import Source
from jobtwin.source.git import Git, GitSettings
from jobtwin.source.login import MAX_CHARACTERS, Login, helper_options

SECRET = "tok_open-sesame"  # a token of nobody's
LOGIN = Login("x-access-token", SECRET)
SOURCE = Source("x", "https", "https://git.example.org:8443/ada/work.git", "git.example.org", 8443)


@pytest.mark.parametrize("text", ["", "two words", "a\nb", "a\0", "ä", "a" * (MAX_CHARACTERS + 1)])
def test_what_would_be_more_than_one_line_for_git_is_no_login(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        Login("ada", text)
    assert caught.value.code == "bad_token"
    assert not text or text not in caught.value.message
    with pytest.raises(BadInput, match="user name"):
        Login(text, "secret")


def test_a_secret_is_in_no_argument_and_in_no_text_of_its_objects() -> None:
    git = Git(
        settings=GitSettings(path="/usr/bin"),
        protocols=("https",),
        login=LOGIN,
        options=helper_options(SOURCE),
    )
    assert SECRET not in " ".join(git.command(["ls-remote"])) + repr(git) + repr(LOGIN)
    assert git.environment()["LOGIN_SECRET"] == SECRET
    assert "LOGIN_SECRET" not in Git(settings=GitSettings(path="/usr/bin")).environment()


def test_the_helper_answers_for_one_host_and_port_alone() -> None:
    assert list(helper_options(SOURCE)) == ["credential.https://git.example.org:8443.helper"]


def test_what_a_host_repeats_of_a_login_is_taken_out() -> None:
    travels = b64encode(f"x-access-token:{SECRET}".encode()).decode()
    assert LOGIN.without(f"bad {SECRET}, Basic {travels}") == "bad [token], Basic [token]"
