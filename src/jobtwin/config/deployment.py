"""What `jobtwin doctor --deploy` looks at: settings first, then what they lead to. Each check has an id.

D001..D009  settings        read from the environment alone
D011..D019  database        asked over the application's connection (`config.deployment_database`)
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from jobtwin.config.environment import Environment, read_environment
from jobtwin.core.errors import JobTwinError
from jobtwin.proofs.key_source import EnvironmentKeys, KeySource
from jobtwin.proofs.keys import PLATFORM_PURPOSES, KeyRing

State = Literal["good", "warning", "error"]
SECRET_LENGTH = 40
"""Characters: 32 random bytes in any usual spelling."""
LEAST_FREE = 2_000_000_000
LOCAL_HOSTS = frozenset({"", "localhost", "127.0.0.1", "::1"})
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


@dataclass(frozen=True, slots=True)
class Advice:
    """One check: its id, how it stands, what was found, and what to do where it is not good."""

    id: str
    state: State
    found: str
    hint: str = ""

    def as_json(self) -> dict[str, str]:
        return {"id": self.id, "state": self.state, "found": self.found, "hint": self.hint}


def examine_settings(
    values: Mapping[str, str], *, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
) -> list[Advice]:
    """D001 to D009 over an environment. `free` gives the free bytes of a folder's disk."""
    try:
        environment = read_environment(values)
    except JobTwinError as error:
        return [Advice("D001", "error", f"the settings cannot be read: {error.message}", "docs/settings.md")]
    return [
        _mode(environment),
        _secret(environment, values),
        _database(environment),
        _roles(environment, values),
        _encryption(environment),
        _keys(environment, values),
        _witness(environment),
        _home(environment, free),
        _proxies(environment),
    ]


def _mode(environment: Environment) -> Advice:
    if environment.production:
        return Advice("D001", "good", f"production at {environment.origin}")
    hint = "set JOBTWIN_MODE=production and JOBTWIN_ORIGIN=https://..."
    return Advice("D001", "error", "development mode: made-up secret, local sources, no HSTS", hint)


def _secret(environment: Environment, values: Mapping[str, str]) -> Advice:
    if len(environment.secret_key) < SECRET_LENGTH:
        found = f"JOBTWIN_SECRET_KEY has fewer than {SECRET_LENGTH} characters"
        return Advice("D002", "error", found, "openssl rand -hex 32 > FILE; JOBTWIN_SECRET_KEY_FILE=FILE")
    if values.get("JOBTWIN_SECRET_KEY"):
        hint = "give it as JOBTWIN_SECRET_KEY_FILE: an environment is copied into every child process"
        return Advice("D002", "warning", "the secret stands in the environment", hint)
    return Advice("D002", "good", "the secret comes from a file")


def _database(environment: Environment) -> Advice:
    if environment.database_url:
        return Advice(
            "D003", "good", f"PostgreSQL at {urlsplit(environment.database_url).hostname or 'a socket'}"
        )
    hint = "set DATABASE_URL_FILE: the embedded server trusts every local user and serves one machine"
    return Advice("D003", "error", "the embedded database", hint)


def _roles(environment: Environment, values: Mapping[str, str]) -> Advice:
    owner = urlsplit(environment.owner_database_url or "").username
    app = urlsplit(environment.database_url or "").username
    if not environment.database_url:
        return Advice("D004", "good", "two roles of the embedded server")
    named = values.get("JOBTWIN_OWNER_DATABASE_URL") or values.get("JOBTWIN_OWNER_DATABASE_URL_FILE")
    if named and owner == app:
        hint = "make a second role that owns nothing; only it may be in DATABASE_URL"
        return Advice("D004", "error", "owner and application are one role: grants protect no ledger", hint)
    if named:
        hint = "leave it to the migration job alone; web and workers must not hold it"
        return Advice("D004", "warning", "this process knows the owner's address", hint)
    return Advice("D004", "good", f"the application's role alone ({app or 'by default'})")


def _encryption(environment: Environment) -> Advice:
    parts = urlsplit(environment.database_url or "")
    mode = parse_qs(parts.query).get("sslmode", [""])[-1]
    if (parts.hostname or "") in LOCAL_HOSTS or mode in ENCRYPTED:
        return Advice("D005", "good", f"the way to the database: {mode or 'this machine'}")
    hint = "add ?sslmode=verify-full to DATABASE_URL, or keep the network between them closed to others"
    return Advice("D005", "warning", "the way to the database may be read by its network", hint)


def _keys(environment: Environment, values: Mapping[str, str]) -> Advice:
    source: KeySource = KeyRing(environment.keys)
    if environment.public_keys:
        source = EnvironmentKeys(environment.public_keys, environment.key_variables)
    missing, problem = [], ""
    for purpose in PLATFORM_PURPOSES:
        try:
            source.load(purpose)
        except JobTwinError as error:
            missing.append(purpose)
            problem = error.message
    if not missing:
        return Advice("D006", "good", f"{len(PLATFORM_PURPOSES)} signing keys")
    if len(missing) == len(PLATFORM_PURPOSES) and not values.get("JOBTWIN_PUBLIC_KEYS"):
        hint = "right for a verifier, which signs nothing; anywhere else: jobtwin keys init"
        return Advice("D006", "warning", f"no signing key in {environment.keys}", hint)
    return Advice("D006", "error", f"no usable key for {', '.join(missing)}", problem)


def _witness(environment: Environment) -> Advice:
    if environment.production and environment.witness_keys.exists():
        hint = (
            "hand the witness's key to somebody else and remove the folder: two keys of one operator are one"
        )
        return Advice("D007", "error", f"the witness's key lies here: {environment.witness_keys}", hint)
    return Advice("D007", "good", "the witness's key is not here")


def _home(environment: Environment, free: Callable[[Path], int]) -> Advice:
    there = next(one for one in (environment.home, *environment.home.parents) if one.exists())
    left = free(there)
    if left < LEAST_FREE:
        hint = f"make room: bundles of submissions are kept below {environment.home}"
        return Advice("D008", "error", f"{left / 1e9:.1f} GB free for {environment.home}", hint)
    return Advice("D008", "good", f"{left / 1e9:.0f} GB free for {environment.home}")


def _proxies(environment: Environment) -> Advice:
    if environment.production and not environment.sign_in.proxies:
        hint = "set JOBTWIN_PROXIES=1 (2 behind two): without it all people behind a proxy are one client"
        return Advice("D009", "warning", "no proxy names the client, by which sign-ins are counted", hint)
    return Advice("D009", "good", f"proxies that name the client: {environment.sign_in.proxies}")
