"""What a container expects of the services beside it, read from its environment: names, users, databases.

Compose files and images say such things as `DATABASE_URL=postgresql://ada:pw@db:5432/kite`; who reads
them can lay ready a user `ada`, a database `kite` and a host `db`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

PORTS = {"postgres": 5432, "redis": 6379, "model": 11434}
"""Where each service listens, on 127.0.0.1 alone: nothing from outside can take it for the container."""

_MOST = 20
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?P<kind>postgres|redis)(?:ql)?(?:\+\w{1,20})?://"
    r"(?:(?P<user>[^:@/\s]{0,200})(?::(?P<password>[^@/\s]{0,200}))?@)?"
    r"(?P<host>[^:@/?\s]{0,200})(?::\d{1,5})?(?:/(?P<path>[^?\s]{0,200}))?"
)
_PART = re.compile(
    r"(?:PG|POSTGRES_|POSTGRESQL_|DB_|DATABASE_)(?P<part>USER|USERNAME|NAME|DB|DATABASE|HOST|HOSTNAME|SERVER)"
)
_DEFAULT = "app"
_SYSTEM_DATABASES = frozenset({"postgres", "template0", "template1"})
MASTER = "jobtwin"
"""The superuser of the database; nobody can log in as it."""


@dataclass(frozen=True)
class Needs:
    """`users` and `databases` of PostgreSQL, each database with its owner; `hosts` are further names of
    the services; `environment` is what the container gets beside its own."""

    users: tuple[str, ...]
    databases: Mapping[str, str]
    redis_password: str
    hosts: tuple[str, ...]
    environment: Mapping[str, str]


def read_needs(services: Sequence[str], environments: Sequence[Mapping[str, str]]) -> Needs:
    """From the environments of the container and of the services as declared, a later one before an
    earlier one; `services` are names of PORTS. What is no plain name is left out."""
    addresses = [
        match for each in environments for value in each.values() for match in _ADDRESS.finditer(value[:4000])
    ]
    found = [_of_parts(each) for each in environments]
    found += [_of_address(match) for match in addresses if match["kind"] == "postgres"]
    pairs = [(user, name or user) for user, name, _ in found if user] or [(_DEFAULT, _DEFAULT)]
    databases = {name: user for user, name in pairs if name not in _SYSTEM_DATABASES}
    hosts = [host for _, _, host in found] + [match["host"] for match in addresses]
    passwords = [match["password"] or "" for match in addresses if match["kind"] == "redis"]
    user, database = pairs[-1]
    return Needs(
        users=tuple(dict.fromkeys(user for user, _ in pairs))[:_MOST],
        databases=dict(list(databases.items())[:_MOST]),
        redis_password=next((one for one in map(unquote, passwords) if one.isalnum()), ""),
        hosts=tuple(dict.fromkeys(one for one in hosts if _is_host(one)))[:_MOST],
        environment=_environment(services, user, database, environments),
    )


def _of_parts(environment: Mapping[str, str]) -> tuple[str, str, str]:
    """User, database and host from variables such as POSTGRES_USER and PGDATABASE; "" where missing."""
    user = name = host = ""
    for key, value in environment.items():
        part = match["part"] if (match := _PART.fullmatch(key)) else ""
        if part in {"USER", "USERNAME"}:
            user = _name(value)
        elif part in {"NAME", "DB", "DATABASE"}:
            name = _name(value)
        elif part:
            host = value
    return user, name, host


def _of_address(match: re.Match[str]) -> tuple[str, str, str]:
    return _name(unquote(match["user"] or "")), _name(unquote(match["path"] or "")), match["host"]


def _name(text: str) -> str:
    return text if _NAME.fullmatch(text) and text != MASTER and not text.startswith("pg_") else ""


def _is_host(text: str) -> bool:
    """Whether a name can only be one of the services': no address, no name of the public net."""
    return bool(_HOST.fullmatch(text)) and not text.isdigit() and text.lower() != "localhost"


def _environment(
    services: Sequence[str], user: str, database: str, environments: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Addresses where the container names none of its own; the model's always, for it is a stand-in."""
    known = {name for each in environments for name in each}
    offered = {
        "postgres": {
            "DATABASE_URL": f"postgresql://{user}:stand-in@postgres:5432/{database}",
            "PGHOST": "postgres",
            "PGUSER": user,
            "PGDATABASE": database,
        },
        "redis": {"REDIS_URL": "redis://redis:6379/0", "REDIS_HOST": "redis"},
    }
    found = {
        name: value for kind in services for name, value in offered.get(kind, {}).items() if name not in known
    }
    if "model" in services:
        base = f"http://model:{PORTS['model']}/v1"
        found |= {"OPENAI_BASE_URL": base, "OPENAI_API_BASE": base, "OPENAI_API_KEY": "sk-stand-in"}
    return found


def hosts_file(names: Sequence[str]) -> str:
    """The text of /etc/hosts in which every service has the container's own loopback address."""
    words = dict.fromkeys(name for name in names if _is_host(name))
    return f"127.0.0.1 localhost {' '.join(words)}".rstrip() + "\n::1 localhost\n"
