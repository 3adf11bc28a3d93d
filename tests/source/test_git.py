"""What git is told and what it can see, without running it."""

import os

import pytest

from jobtwin.core.errors import OutsideFailure
from jobtwin.source.git import MINIMUM, Git, GitSettings, git_program, parse_version


def test_git_sees_nothing_of_the_callers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    ambient = {
        "https_proxy": "http://proxy.example:1",
        "GIT_DIR": "/x",
        "GIT_CONFIG_COUNT": "1",
        "GIT_EXEC_PATH": "/x",
        "LD_PRELOAD": "/x.so",
        "SSH_AUTH_SOCK": "/agent",
    }
    for name, value in ambient.items():
        monkeypatch.setenv(name, value)
    environment = Git(settings=GitSettings(path="/usr/bin")).environment()
    assert not set(environment) & set(ambient)
    assert environment["HOME"] == "/nonexistent"
    assert environment["GIT_CONFIG_GLOBAL"] == os.devnull
    assert environment["GIT_TERMINAL_PROMPT"] == "0"


def test_no_protocol_may_be_spoken_unless_it_is_named() -> None:
    quiet = Git(settings=GitSettings())
    https = Git(settings=GitSettings(), protocols=("https",))
    assert quiet.environment()["GIT_ALLOW_PROTOCOL"] == "none"
    assert https.environment()["GIT_ALLOW_PROTOCOL"] == "https"


def test_the_operators_certificates_are_passed_on_to_https_alone() -> None:
    settings = GitSettings.from_environment({"SSL_CERT_FILE": "/ca.pem", "SSL_CERT_DIR": "/ca"})
    https = Git(settings=settings, protocols=("https",)).environment()
    assert (https["GIT_SSL_CAINFO"], https["GIT_SSL_CAPATH"]) == ("/ca.pem", "/ca")
    assert "GIT_SSL_CAINFO" not in Git(settings=settings, protocols=("file",)).environment()


def test_the_operators_settings_are_read_from_an_environment() -> None:
    settings = GitSettings.from_environment(
        {
            "PATH": "/usr/bin:relative:.::/bin",
            "GIT_SSL_CAINFO": "/git.pem",
            "SSL_CERT_FILE": "/ssl.pem",
            "HTTPS_PROXY": "http://proxy.example:3128",
            "JOBTWIN_PROXY_RESOLVES": "1",
        }
    )
    assert settings.path == "/usr/bin:/bin"
    assert settings.ca_file == "/git.pem"
    assert settings.proxy == "http://proxy.example:3128"
    assert settings.proxy_resolves
    assert GitSettings.from_environment({}) == GitSettings()


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("git version 2.39.5\n", (2, 39)),
        ("git version 2.50.1 (Apple Git-155)", (2, 50)),
        ("git version 3.0.rc1", (3, 0)),
        ("busybox", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_a_version_is_read_from_what_git_says(text: str, version: tuple[int, int]) -> None:
    assert parse_version(text) == version
    assert (version >= MINIMUM) == (version > (2, 0))


def test_a_machine_without_git_is_told_so() -> None:
    with pytest.raises(OutsideFailure, match="not installed") as caught:
        git_program("/nonexistent")
    assert not caught.value.retry
