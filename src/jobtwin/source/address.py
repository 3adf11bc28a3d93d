"""Addresses: what a person may name as a source, decided before anything runs or resolves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from jobtwin.core.errors import BadSource
from jobtwin.source.host import (
    Resolver,
    check_host_name,
    check_public,
    is_public,
    literal_address,
    resolve_host,
)

__all__ = [
    "PUBLIC",
    "TERMINAL",
    "Resolver",
    "Source",
    "SourcePolicy",
    "is_public",
    "parse_source",
    "resolve_host",
]

MAX_TEXT = 2000
"""Characters of a source as a person writes it."""

_ORIGIN = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:]+\]):([0-9]{1,5})")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_TRANSPORT = re.compile(r"[^/]*::")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SCP_LIKE = re.compile(r"[^/]*:")
_URL_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True)
class SourcePolicy:
    """What may be a source. The web uses `PUBLIC`, the terminal `TERMINAL`; both names are constants.

    `local` allows paths of this machine and file URLs. `loopback` holds origins (`127.0.0.1:8443`) and
    `local_sources` names (written `local:NAME`) that an operator allows on a development machine; a
    source that came through one of them says so in `Source.development`. Raises ValueError for an
    origin or a name in another form.
    """

    local: bool = False
    loopback: frozenset[str] = frozenset()
    local_sources: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for origin in self.loopback:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"not a host:port in lower case: {origin!r}")
        for name in self.local_sources:
            if not _NAME.fullmatch(name):
                raise ValueError(f"not a name for a local source: {name!r}")


TERMINAL = SourcePolicy(local=True)
PUBLIC = SourcePolicy()


@dataclass(frozen=True, slots=True)
class Source:
    """A source that its policy allows: where a repository is, and how it may be reached.

    `text` is what the person wrote (it never holds credentials); `location` is an absolute path or a
    normalised URL; `host` and `port` are set for URLs. `kind` "https" covers http too where an
    operator's development list names the loopback origin.
    """

    text: str
    kind: Literal["local", "https"]
    location: str
    host: str = ""
    port: int = 0
    development: bool = False

    @property
    def protocol(self) -> str:
        """The one git protocol that may be spoken to this source: file, https or http."""
        return "file" if self.kind == "local" else self.location.partition(":")[0]


def parse_source(text: str, policy: SourcePolicy) -> Source:
    """The source that a person named. Nothing is run, resolved or opened, except that a path is looked at.

    Raises BadSource with the code private_address where the host is not a public one, and bad_source
    for everything else that may not be a source under this policy.
    """
    text = text.strip(" ")
    _check_text(text)
    if text.startswith("local:") and policy.local_sources:
        return _named(text, policy)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _path(text, policy)
    word = scheme[1].lower()
    if word == "file" and policy.local:
        return _file_url(text)
    if word not in ("http", "https"):
        raise BadSource(f"{word}:// is not a source here; {_wanted(policy)}")
    return _url(text, word, policy)


def _check_text(text: str) -> None:
    if not text:
        raise BadSource("no source was given")
    if len(text) > MAX_TEXT:
        raise BadSource(f"a source has at most {MAX_TEXT} characters")
    if not text.isprintable():
        raise BadSource("a source holds no control characters and no line breaks")
    if text.startswith("-"):
        raise BadSource("a source does not start with a dash; write ./ before the name of such a folder")
    if _TRANSPORT.match(text):
        raise BadSource("a source names no transport (the word before ::)")


def _wanted(policy: SourcePolicy) -> str:
    if policy.local:
        return "give a folder of this machine or an https:// URL"
    return "give the https:// URL of a public repository"


def _named(text: str, policy: SourcePolicy) -> Source:
    name = text.removeprefix("local:")
    path = policy.local_sources.get(name)
    if path is None:
        known = ", ".join(f"local:{one}" for one in sorted(policy.local_sources))
        raise BadSource(f"no local source has that name; this installation allows {known}")
    return Source(text, "local", str(path.resolve()), development=True)


def _path(text: str, policy: SourcePolicy) -> Source:
    if _SCP_LIKE.match(text):
        raise BadSource(f"ssh and other remote forms are not a source here; {_wanted(policy)}")
    if not policy.local:
        raise BadSource(f"this is not a URL; {_wanted(policy)}")
    path = Path(text).resolve()
    if not path.is_dir():
        raise BadSource("there is no such folder")
    return Source(text, "local", str(path))


def _file_url(text: str) -> Source:
    rest = text.partition("://")[2]
    path = unquote(rest.removeprefix("localhost"))
    if not path.startswith("/") or "\0" in path or "?" in rest or "#" in rest:
        raise BadSource("a file URL holds an absolute path: file:///home/ada/project")
    return Source(text, "local", _path("/" + path.lstrip("/"), TERMINAL).location)


def _url(text: str, scheme: str, policy: SourcePolicy) -> Source:
    authority, slash, path = text.partition("://")[2].partition("/")
    host, port = _authority(authority, scheme)
    path = _checked_path(slash + path)
    shown = f"{host}:{port}"
    development = shown in policy.loopback
    if not development:
        _refuse_local(host)
        if scheme != "https":
            raise BadSource(f"http:// can be read and changed on its way; {_wanted(policy)}")
    default = 443 if scheme == "https" else 80
    origin = host if port == default else shown
    return Source(text, "https", f"{scheme}://{origin}{path}", host, port, development)


def _authority(authority: str, scheme: str) -> tuple[str, int]:
    if "@" in authority:
        raise BadSource("a source holds no user name, password or token; a submission is public")
    if "\\" in authority or "%" in authority:
        raise BadSource("the host of this URL is not a host name")
    host, colon, digits = authority.lower().rpartition(":")
    if not colon or authority.endswith("]"):
        host, digits = authority.lower(), str(443 if scheme == "https" else 80)
    if not re.fullmatch(r"[1-9][0-9]{0,4}", digits) or int(digits) > 65535:
        raise BadSource("the port of this URL is not a number between 1 and 65535")
    if not host:
        raise BadSource("this URL names no host")
    return host, int(digits)


def _refuse_local(host: str) -> None:
    address = literal_address(host)
    if address is None:
        check_host_name(host)
    else:
        check_public(address)


def _checked_path(path: str) -> str:
    if "?" in path or "#" in path:
        raise BadSource("the URL of a repository has no ? and no # in it")
    if not path.strip("/"):
        raise BadSource("this URL names a host, but no repository on it")
    if not _URL_PATH.fullmatch(path):
        raise BadSource("the path of this URL holds characters that must be percent-encoded")
    plain = unquote(path, errors="replace")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in plain):
        raise BadSource("a source holds no control characters, in encoded form neither")
    if any(part in (".", "..") for part in re.split(r"[/\\]", plain)):
        raise BadSource("the path of this URL holds . or .. as a step")
    return path
