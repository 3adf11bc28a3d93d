"""Settings from the environment: every name, its default and what it is for, in one table.

`read_environment` is the only place that reads `os.environ`; docs/settings.md lists the same names
(a test compares the two).
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from jobtwin.config import github, platforms, sign_in, source_token, webhook
from jobtwin.config.bucket import bucket_storage
from jobtwin.config.calibration import calibration_policy
from jobtwin.config.mail import MailServer, parse_mail_server
from jobtwin.config.numbers import whole_number
from jobtwin.config.retention import read_retention
from jobtwin.config.secret_files import with_secret_files
from jobtwin.config.sign_in import SignIn, read_sign_in
from jobtwin.core.claim import ClaimRules
from jobtwin.core.errors import BadDocument, BadInput
from jobtwin.core.gold import DEFAULT_POLICY, CalibrationPolicy
from jobtwin.core.retention import Retention
from jobtwin.core.webhook import WebhookRules
from jobtwin.outside.github import GithubApp
from jobtwin.proofs.keys import KeyRing
from jobtwin.proofs.note import VerifierKey
from jobtwin.proofs.token_vault import TokenAddress, TokenVault, token_address
from jobtwin.source.login import LoginRules
from jobtwin.verification.needs import Needs, parse_needs

NAMES = {
    "JOBTWIN_MODE": "development (default) or production",
    "JOBTWIN_HOME": "folder for the embedded database, artefacts and caches",
    "JOBTWIN_ARTEFACTS": "s3://BUCKET/PREFIX that shares artefacts between machines (default: JOBTWIN_HOME)",
    "JOBTWIN_KEYS": "folder for signing keys (default: a folder of its own, never inside JOBTWIN_HOME)",
    "JOBTWIN_KEY_<PURPOSE>": "a private key in PEM (or ..._FILE: its file) in the place of JOBTWIN_KEYS",
    "JOBTWIN_PUBLIC_KEYS": "with them: keys.json, the public list of all keys, from `jobtwin keys export`",
    "JOBTWIN_ORIGIN": "public address, such as https://exam.example.org (default http://127.0.0.1:8000)",
    "JOBTWIN_ISSUER": "https address that issues credentials, as did:web (default: JOBTWIN_ORIGIN, if https)",
    "JOBTWIN_PKCS11_MODULE": "the library of a PKCS #11 token that holds the private keys instead of files",
    "JOBTWIN_PKCS11_PIN": "the token's user PIN (or ..._FILE: its file)",
    "JOBTWIN_PKCS11_TOKEN": "the token's label",
    "JOBTWIN_SECRET_KEY": "Django's secret; required in production, made once in development",
    "JOBTWIN_WEB_BIND": "address and port of the web server under gunicorn (default 0.0.0.0:8000)",
    "JOBTWIN_WEB_WORKERS": "its processes (default 2)",
    "JOBTWIN_WEB_THREADS": "threads a process (default 4)",
    "JOBTWIN_LOG_FORMAT": "json or plain (default: json in production)",
    "JOBTWIN_LOG_LEVEL": "of our own lines: DEBUG, INFO, WARNING or ERROR",
    "JOBTWIN_METRICS_TOKEN": "who may read /metrics; without it nobody in production",
    "JOBTWIN_WORKER_METRICS": "host:port where a worker gives out its counters (default: nowhere)",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "a collector that spans are sent to (default: none)",
    "JOBTWIN_WEB_QUEUE_SECONDS": "wait for a thread that does not count against a request (default 60)",
    "JOBTWIN_ENGINE": "force one sandbox engine by name",
    "JOBTWIN_NEEDS": "what verifications insist on from their worker: containers, one engine, or both",
    "JOBTWIN_WORKER_DEATHS": "workers that may die with one job before it is given up (default 5)",
    "JOBTWIN_WORKER_HAS": "what a worker has, as `jobtwin worker --has` (default: what it finds)",
    "JOBTWIN_OVERLAP": "0 runs the checks of a submission one after another",
    "JOBTWIN_CALIBRATION": "required (default) or off: whether mentors out of rotation may claim",
    "JOBTWIN_CALIBRATION_<NAME>": "one number of the rule, such as JOBTWIN_CALIBRATION_FLOOR",
    "JOBTWIN_PREFER_ENGINE": "an engine that is tried first; another one stands in where it crashes",
    "JOBTWIN_AFTER_<NAME>": "what F1 may spend after its verdict on sampled faults and a second order",
    "JOBTWIN_DRAFT_<NAME>": "drafts by a model in the worker: MODEL and its like; none without it",
    "JOBTWIN_STARTERS": "folder with the starter of each brief, a folder by the brief's id",
    "JOBTWIN_CACHE": "folder for built environments, shared by runs",
    "JOBTWIN_WORK": "folder for the private files of runs",
    "JOBTWIN_PYTHON": "the interpreter that submissions run with",
    "JOBTWIN_LIMIT_<NAME>": "one limit of a sandbox run, such as JOBTWIN_LIMIT_WALL_SECONDS",
    "JOBTWIN_LOCAL_SOURCES": "development only: NAME=PATH pairs, separated by commas, that the web may take",
    "JOBTWIN_LOOPBACK_SOURCES": "development only: host:port of loopback git servers, separated by commas",
    "JOBTWIN_LOOPBACK_ARTIFACTS": "development only: host:port on loopback where a public artifact may be",
    "JOBTWIN_UPLOAD_BYTES": "largest archive that a learner may upload (default 104857600)",
    "JOBTWIN_CONTROL_HOSTS": "hosts that tell a dead network of ours from a missing artifact",
    "JOBTWIN_IMAGES": "folder of base images for containers",
    "JOBTWIN_CONTAINER_<NAME>": "one setting of the container check, such as a limit",
    "JOBTWIN_PROXY_RESOLVES": "1 where an outgoing proxy looks names up and refuses private addresses itself",
    "JOBTWIN_WITNESS_KEY": "verifier keys of the witness who signs checkpoints elsewhere, by commas",
    "JOBTWIN_MENTOR_LOAD": "how many unsealed claims one mentor may hold",
    "JOBTWIN_CLAIM_GRACE_HOURS": "how long after its end an unsealed claim stays with its mentor",
    "JOBTWIN_MAIL": "the mail server, as smtp://user:password@host:587 (STARTTLS) or smtps://…:465",
    "JOBTWIN_MAIL_FROM": "the address that mails come from; needed with JOBTWIN_MAIL",
    **sign_in.NAMES,
    **webhook.NAMES,
    **platforms.NAMES,
    **github.NAMES,
    **source_token.NAMES,
    "JOBTWIN_KEEP_<NAME>": "days that things are kept once nobody needs them, such as JOBTWIN_KEEP_DRAFTS",
    "DATABASE_URL": "PostgreSQL for the application role (default: the embedded server)",
    "JOBTWIN_OWNER_DATABASE_URL": "PostgreSQL for the role that migrates and grants",
}

DEFAULT_UPLOAD_BYTES = 100 * 1024 * 1024
MAX_UPLOAD_BYTES = 1024 * 1024 * 1024
DEFAULT_WORKER_DEATHS = 5
DEFAULT_QUEUE_SECONDS = 60

DEVELOPMENT_ISSUER = "https://jobtwin.localhost"
"""Who issues where no public address is set: a name that resolves to nothing but the own machine."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says, read once at start."""

    mode: Literal["development", "production"]
    home: Path
    keys: Path
    origin: str
    issuer: str
    secret_key: str
    engine: str | None
    local_sources: dict[str, Path]
    loopback_sources: frozenset[str]
    database_url: str | None
    owner_database_url: str | None
    upload_bytes: int = DEFAULT_UPLOAD_BYTES
    retention: Retention = field(default_factory=Retention)
    sign_in: SignIn = field(default_factory=SignIn)
    public_keys: Path | None = None
    log_format: Literal["json", "plain"] = "plain"
    log_level: str = "WARNING"
    metrics_token: str = field(default="", repr=False)
    bucket: Mapping[str, object] | None = None
    key_variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    key_token: TokenAddress | None = None
    mail: MailServer | None = None
    calibration: CalibrationPolicy | None = DEFAULT_POLICY
    claims: ClaimRules = field(default_factory=ClaimRules)
    witness: tuple[VerifierKey, ...] = ()
    webhooks: WebhookRules = field(default_factory=WebhookRules)
    loopback_platforms: frozenset[str] = frozenset()
    github_app: GithubApp | None = None
    logins: LoginRules = field(default_factory=LoginRules)
    needs: Needs = field(default_factory=Needs)
    worker_deaths: int = DEFAULT_WORKER_DEATHS
    queue_seconds: int = DEFAULT_QUEUE_SECONDS

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def database_folder(self) -> Path:
        return self.home / "postgres"

    @property
    def artefacts(self) -> Path:
        return self.home / "artefacts"

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    def key_ring(self) -> KeyRing:
        """The platform's list of keys, with its private halves in files beside it or in a token."""
        return KeyRing(self.keys, TokenVault(self.key_token) if self.key_token else None)

    @property
    def witness_keys(self) -> Path:
        """Development only: in production the witness key is held by somebody else."""
        return self.keys.with_name(self.keys.name + "-witness")


def read_environment(env: Mapping[str, str] | None = None) -> Environment:
    """The settings. Raises BadInput with a sentence for a setting that cannot be used."""
    values = with_secret_files(os.environ if env is None else env)
    mode = values.get("JOBTWIN_MODE", "development")
    if mode not in ("development", "production"):
        raise BadInput(f"JOBTWIN_MODE is development or production, not {mode!r}")
    home = Path(values.get("JOBTWIN_HOME") or _default_home()).absolute()
    keys = Path(values.get("JOBTWIN_KEYS") or _default_keys()).absolute()
    if keys.is_relative_to(home):
        raise BadInput(
            "JOBTWIN_KEYS must not lie inside JOBTWIN_HOME: backups of one must not hold the other"
        )
    upload_bytes = values.get("JOBTWIN_UPLOAD_BYTES") or str(DEFAULT_UPLOAD_BYTES)
    if not (upload_bytes.isascii() and upload_bytes.isdigit() and 0 < int(upload_bytes) <= MAX_UPLOAD_BYTES):
        raise BadInput(f"JOBTWIN_UPLOAD_BYTES is a number from 1 to {MAX_UPLOAD_BYTES}")
    production = mode == "production"
    if production and values.get("JOBTWIN_LOOPBACK_ARTIFACTS"):
        raise BadInput("JOBTWIN_LOOPBACK_ARTIFACTS is for development only")
    origin = _origin(values.get("JOBTWIN_ORIGIN", ""), production=production)
    return Environment(
        mode="production" if production else "development",
        home=home,
        keys=keys,
        origin=origin,
        issuer=_issuer(values.get("JOBTWIN_ISSUER", ""), origin),
        secret_key=_secret(values.get("JOBTWIN_SECRET_KEY", ""), keys, production=production),
        engine=values.get("JOBTWIN_ENGINE") or None,
        local_sources=_local_sources(values.get("JOBTWIN_LOCAL_SOURCES", ""), production=production),
        loopback_sources=_loopback(values.get("JOBTWIN_LOOPBACK_SOURCES", ""), production=production),
        database_url=values.get("DATABASE_URL") or None,
        owner_database_url=values.get("JOBTWIN_OWNER_DATABASE_URL") or values.get("DATABASE_URL") or None,
        upload_bytes=int(upload_bytes),
        retention=read_retention(values),
        sign_in=read_sign_in(values, production=production),
        public_keys=Path(values["JOBTWIN_PUBLIC_KEYS"]) if values.get("JOBTWIN_PUBLIC_KEYS") else None,
        key_variables=_key_variables(values),
        log_format=_log_format(values.get("JOBTWIN_LOG_FORMAT", ""), production=production),
        log_level=_log_level(values.get("JOBTWIN_LOG_LEVEL", ""), production=production),
        metrics_token=values.get("JOBTWIN_METRICS_TOKEN", ""),
        bucket=bucket_storage(values.get("JOBTWIN_ARTEFACTS", "")),
        key_token=token_address(values),
        claims=_claim_rules(values),
        witness=_witness(values.get("JOBTWIN_WITNESS_KEY", "")),
        mail=parse_mail_server(
            values.get("JOBTWIN_MAIL", ""), values.get("JOBTWIN_MAIL_FROM", ""), production=production
        ),
        calibration=calibration_policy(values),
        webhooks=webhook.webhook_rules(values, production=production),
        loopback_platforms=platforms.loopback_platforms(values, production=production),
        github_app=github.github_app(values),
        logins=source_token.login_rules(values),
        needs=parse_needs(values.get("JOBTWIN_NEEDS", ""), setting="JOBTWIN_NEEDS"),
        queue_seconds=whole_number(
            values, "JOBTWIN_WEB_QUEUE_SECONDS", default=DEFAULT_QUEUE_SECONDS, least=0, most=600
        ),
        worker_deaths=whole_number(values, "JOBTWIN_WORKER_DEATHS", default=DEFAULT_WORKER_DEATHS, most=100),
    )


def _default_home() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/jobtwin")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "jobtwin"


def _default_keys() -> Path:
    if os.geteuid() == 0:
        return Path("/etc/jobtwin/keys")
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "jobtwin/keys"


def _origin(text: str, *, production: bool) -> str:
    if not text and not production:
        return "http://127.0.0.1:8000"
    if production and not text.startswith("https://"):
        raise BadInput("JOBTWIN_ORIGIN must be an https address in production")
    return text.rstrip("/")


def _issuer(text: str, origin: str) -> str:
    address = text or (origin if origin.startswith("https://") else DEVELOPMENT_ISSUER)
    if not address.startswith("https://"):
        raise BadInput("JOBTWIN_ISSUER is an https address: a did:web is resolved there")
    return address.rstrip("/")


def _secret(text: str, keys: Path, *, production: bool) -> str:
    if text:
        return text
    if production:
        raise BadInput("JOBTWIN_SECRET_KEY is required in production")
    kept = keys.with_name("development-secret")
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return kept.read_text()


def _log_format(text: str, *, production: bool) -> Literal["json", "plain"]:
    if text not in ("", "json", "plain"):
        raise BadInput(f"JOBTWIN_LOG_FORMAT is json or plain, not {text[:40]!r}")
    return "json" if text == "json" or (not text and production) else "plain"


def _log_level(text: str, *, production: bool) -> str:
    if text not in ("", "DEBUG", "INFO", "WARNING", "ERROR"):
        raise BadInput(f"JOBTWIN_LOG_LEVEL is DEBUG, INFO, WARNING or ERROR, not {text[:40]!r}")
    return text or ("INFO" if production else "WARNING")


def _key_variables(values: Mapping[str, str]) -> dict[str, str]:
    """The variables of keys, none of whose values is ever shown. Raises BadInput without the public list."""
    found = {name: value for name, value in values.items() if name.startswith("JOBTWIN_KEY_") and value}
    if bool(found) != bool(values.get("JOBTWIN_PUBLIC_KEYS")):
        raise BadInput("JOBTWIN_KEY_<PURPOSE> and JOBTWIN_PUBLIC_KEYS are set together or not at all")
    if found and values.get("JOBTWIN_PKCS11_MODULE"):
        raise BadInput("keys come from JOBTWIN_KEY_<PURPOSE> or from JOBTWIN_PKCS11_MODULE, not from both")
    return found


def _local_sources(text: str, *, production: bool) -> dict[str, Path]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if pairs and production:
        raise BadInput("JOBTWIN_LOCAL_SOURCES is for development only")
    if any(not name.strip() or not path.strip() for name, _, path in pairs):
        raise BadInput("JOBTWIN_LOCAL_SOURCES holds NAME=PATH pairs, separated by commas")
    return {name.strip(): Path(path.strip()).absolute() for name, _, path in pairs}


def _loopback(text: str, *, production: bool) -> frozenset[str]:
    hosts = frozenset(part.strip() for part in text.split(",") if part.strip())
    if hosts and production:
        raise BadInput("JOBTWIN_LOOPBACK_SOURCES is for development only")
    return hosts


def _claim_rules(values: Mapping[str, str]) -> ClaimRules:
    usual = ClaimRules()
    load = whole_number(values, "JOBTWIN_MENTOR_LOAD", default=usual.load, most=1_000)
    grace = usual.grace // timedelta(hours=1)
    hours = whole_number(values, "JOBTWIN_CLAIM_GRACE_HOURS", default=grace, most=24 * 365)
    return ClaimRules(load, timedelta(hours=hours))


def _witness(text: str) -> tuple[VerifierKey, ...]:
    try:
        return tuple(VerifierKey.parse(part.strip()) for part in text.split(",") if part.strip())
    except BadDocument as error:
        raise BadInput(f"JOBTWIN_WITNESS_KEY: {error.message}") from error
