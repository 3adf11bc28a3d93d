"""For which hosts tokens are taken, as the environment says it."""

import pytest

from jobtwin.config.source_token import login_rules
from jobtwin.core.errors import BadInput
from jobtwin.source.login import LoginRules

HOSTS = "JOBTWIN_SOURCE_TOKEN_HOSTS"


def test_hosts_and_numbers_are_taken_and_nothing_is_taken_by_default() -> None:
    values = {HOSTS: "gitlab.com, git.example.org:8443,codeberg.org:443", "JOBTWIN_SOURCE_TOKEN_DAYS": "1"}
    hosts = frozenset({"gitlab.com", "git.example.org:8443", "codeberg.org"})
    assert login_rules(values) == LoginRules(hosts, days=1)
    assert login_rules({}) == LoginRules()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({HOSTS: "https://gitlab.com"}, "hosts such as gitlab.com"),
        ({HOSTS: "*"}, "hosts such as gitlab.com"),
        ({HOSTS: "GitLab.com"}, "hosts such as gitlab.com"),
        ({"JOBTWIN_SOURCE_TOKEN_DAYS": "0"}, "from 1 to 30"),
        ({"JOBTWIN_SOURCE_TOKEN_CHARACTERS": "501"}, "from 1 to 500"),
        ({"JOBTWIN_SOURCE_TOKEN_CHANGES": "ten"}, "from 1 to 100"),
        ({"JOBTWIN_SOURCE_TOKEN_HOST": "gitlab.com"}, "unknown setting"),
    ],
)
def test_what_is_no_setting_is_told(values: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        login_rules(values)
