"""For which hosts learners may give a token of a private repository, from the environment."""

import re
from collections.abc import Mapping

from jobtwin.core.errors import BadInput
from jobtwin.source.login import MAX_CHARACTERS, LoginRules

NAMES = {
    "JOBTWIN_SOURCE_TOKEN_HOSTS": "git hosts whose tokens learners may give, by commas (default: none)",
    "JOBTWIN_SOURCE_TOKEN_<NAME>": "one number of it, such as JOBTWIN_SOURCE_TOKEN_DAYS",
}
PREFIX = "JOBTWIN_SOURCE_TOKEN_"
MOST = {"days": 30, "changes": 100, "characters": MAX_CHARACTERS}

_HOST = re.compile(r"[a-z0-9.-]{1,253}(?::[1-9][0-9]{0,4})?")


def login_rules(values: Mapping[str, str]) -> LoginRules:
    """The rules. Raises BadInput for an unknown name, for what is no number, and for what is no host."""
    given = {name: text for name, text in values.items() if name.startswith(PREFIX) and text}
    listed = given.pop(f"{PREFIX}HOSTS", "")
    known = {f"{PREFIX}{name.upper()}": name for name in MOST}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise BadInput(f"unknown setting {unknown[0]}; there are {PREFIX}HOSTS, {', '.join(sorted(known))}")
    hosts = [part.strip() for part in listed.split(",") if part.strip()]
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise BadInput(f"{PREFIX}HOSTS holds hosts such as gitlab.com, not {host[:60]!r}")
    numbers = {known[name]: _number(name, text, MOST[known[name]]) for name, text in given.items()}
    return LoginRules(frozenset(host.removesuffix(":443") for host in hosts), **numbers)


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= most):
        raise BadInput(f"{name} is a whole number from 1 to {most}, not {text[:20]!r}")
    return int(text)
