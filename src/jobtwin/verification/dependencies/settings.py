"""How environments are built: the operator's index and certificates, the interpreter, and every limit."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from jobtwin.core.errors import BadInput
from jobtwin.verification.dependencies.recorded import OnLock, RecordedLock, unheard

_PASSED = frozenset(
    {
        "NODE_EXTRA_CA_CERTS",
        "NPM_CONFIG_REGISTRY",
        "PIP_NO_INDEX",
        "UV_CONCURRENT_DOWNLOADS",
        "UV_CONFIG_FILE",
        "UV_CONSTRAINT",
        "UV_DEFAULT_INDEX",
        "UV_EXCLUDE_NEWER",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
        "UV_HTTP_RETRIES",
        "UV_HTTP_TIMEOUT",
        "UV_INDEX",
        "UV_INDEX_STRATEGY",
        "UV_INDEX_URL",
        "UV_INSECURE_HOST",
        "UV_KEYRING_PROVIDER",
        "UV_NATIVE_TLS",
        "UV_OFFLINE",
        "UV_SYSTEM_CERTS",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "SSL_CLIENT_CERT",
        "NETRC",
        *(
            name
            for proxy in ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
            for name in (proxy, proxy.upper())
        ),
    }
)

_PIP_NAMES = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CONSTRAINT": "UV_CONSTRAINT",
    "PIP_TRUSTED_HOST": "UV_INSECURE_HOST",
    "PIP_DEFAULT_TIMEOUT": "UV_HTTP_TIMEOUT",
    "PIP_CERT": "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE": "SSL_CERT_FILE",
    "CURL_CA_BUNDLE": "SSL_CERT_FILE",
}

_PREFIX = "JOBTWIN_DEPENDENCIES_"
LIMITS = {
    "max_packages": int,
    "max_bytes": int,
    "max_files": int,
    "resolve_seconds": float,
    "install_seconds": float,
    "bytecode_seconds": float,
    "bytecode_memory": int,
    "resolution_seconds": float,
    "parallel_installs": int,
    "cache_bytes": int,
    "cache_seconds": float,
    "download_cache_bytes": int,
}
"""The limits that an operator may set, by the name of their field."""

_COMMA_SEPARATED = frozenset({"UV_FIND_LINKS"})


@dataclass(frozen=True)
class EnvironmentSettings:
    """Where environments are kept and how far building one may go. Seconds, bytes and counts.

    `recorded` locks are used where they answer what is asked, whatever the index offers today; `on_lock` is
    told each lock that is used.
    """

    cache: Path
    python: Path = Path("/usr/bin/python3")
    mount_point: str = "/venv"
    installer: Mapping[str, str] = field(default_factory=dict)
    pytest_requirement: str = "pytest"
    max_packages: int = 400
    max_bytes: int = 8_000_000_000
    max_files: int = 400_000
    resolve_seconds: float = 90.0
    install_seconds: float = 600.0
    bytecode_seconds: float = 180.0
    bytecode_memory: int = 1_500_000_000
    resolution_seconds: float = 86_400.0
    parallel_installs: int = 2
    cache_bytes: int = 30_000_000_000
    cache_seconds: float = 30 * 86_400.0
    download_cache_bytes: int = 20_000_000_000
    clock: Callable[[], float] = time.time
    recorded: tuple[RecordedLock, ...] = ()
    on_lock: OnLock = unheard

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, cache: Path) -> Self:
        """Captures the operator's index, certificates and proxies once; a submission never adds to them.

        Limits come from JOBTWIN_DEPENDENCIES_<NAME>. Raises BadInput for one that is not a number above zero.
        """
        settings = cls(cache=cache, installer=operator_variables(environ))
        limits: dict[str, Any] = {
            name: _number(name, environ[_PREFIX + name.upper()])
            for name in LIMITS
            if environ.get(_PREFIX + name.upper())
        }
        return replace(settings, **limits)

    @property
    def index_options(self) -> list[str]:
        """Options of the installer that have no variable: pip's PIP_NO_INDEX, uv knows only as an option."""
        off = {"", "0", "false", "no", "off"}
        return [] if self.installer.get("PIP_NO_INDEX", "").lower() in off else ["--no-index"]

    @property
    def venvs(self) -> Path:
        return self.cache / "venvs"

    @property
    def resolutions(self) -> Path:
        return self.cache / "resolutions"

    @property
    def downloads(self) -> Path:
        return self.cache / "downloads"


def _number(name: str, text: str) -> float:
    try:
        value: float = LIMITS[name](text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise BadInput(f"{_PREFIX}{name.upper()} is not a number above zero: {text[:40]!r}")
    return value


def operator_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that the installer is given; pip's names are translated where uv's own are not set."""
    found = {name: value for name, value in environ.items() if name in _PASSED and value}
    found |= {
        name: value
        for name, value in environ.items()
        if name.startswith("UV_INDEX_") and name.endswith(("_USERNAME", "_PASSWORD")) and value
    }
    for pip_name, name in _PIP_NAMES.items():
        value = environ.get(pip_name, "")
        if value and name not in found:
            found[name] = ",".join(value.split()) if name in _COMMA_SEPARATED else value
    return found
