"""GitHub in memory: an App of the tests, and the answers of a run that is taken."""

from joserfc.jwk import RSAKey

from jobtwin.outside.github import GithubApp
from tests.lti.platform import FakePlatform
from tests.verification.f4.hosts import START

INSTALLATION, TOKEN = 77, "ghs_installation"  # a token of nobody's


def made_app() -> tuple[GithubApp, RSAKey]:
    """An App that asks the host in memory, and its key."""
    key = RSAKey.generate_key(2048, auto_kid=False)
    return GithubApp("4711", key.as_pem(private=True).decode(), START.rstrip("/")), key


def answers(github: FakePlatform) -> None:
    """The three answers of a run that is taken."""
    github.say(200, {"id": INSTALLATION})
    github.say(201, {"token": TOKEN})
    github.say(201, {"id": 5})
