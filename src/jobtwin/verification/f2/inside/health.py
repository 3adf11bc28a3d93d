"""Where a started container is asked whether it is well: from what its submission and image declare."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

GUESSED_PATHS = ("/healthz", "/health", "/", "/docs")
"""Asked in turn where nothing names a path."""

_URL = re.compile(
    r"(?:https?://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d{1,5}|\$\{?\w+\}?))?(/[^\s'\"()|;&]*)?"
)
_SAFE_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")


@dataclass(frozen=True, slots=True)
class Target:
    """Ports and paths to ask, in order, and what named them."""

    ports: tuple[int, ...]
    paths: tuple[str, ...]
    port_from: str
    path_from: str


def health_target(config: Mapping[str, object], *, port: int | None, path: str | None) -> Target:
    """From the declared port and path, else the image's EXPOSE and HEALTHCHECK. `ports` may be empty."""
    checked_port, checked_path = _of_healthcheck(config)
    exposed = exposed_ports(config)
    ports: tuple[int, ...]
    if port is not None:
        ports, port_from = (port,), "declared"
    elif exposed:
        ports, port_from = exposed, "EXPOSE"
    else:
        ports, port_from = ((checked_port,), "HEALTHCHECK") if checked_port else ((), "nothing")
    if path is not None:
        return Target(ports, (path,), port_from, "declared")
    if checked_path is not None:
        return Target(ports, (checked_path,), port_from, "HEALTHCHECK")
    return Target(ports, GUESSED_PATHS, port_from, "guess")


def exposed_ports(config: Mapping[str, object]) -> tuple[int, ...]:
    """The TCP ports that the image exposes, at most ten, sorted."""
    exposed = config.get("ExposedPorts")
    names = exposed if isinstance(exposed, dict) else {}
    found = {int(match[1]) for name in names if (match := re.fullmatch(r"(\d{1,5})(?:/tcp)?", str(name)))}
    return tuple(sorted(one for one in found if 1 <= one <= 65535))[:10]


def _of_healthcheck(config: Mapping[str, object]) -> tuple[int | None, str | None]:
    check = config.get("Healthcheck")
    test = check.get("Test") if isinstance(check, dict) else None
    text = " ".join(map(str, test)) if isinstance(test, list) else ""
    match = _URL.search(text[:4000])
    if match is None:
        return None, None
    path = match[2] or "/"
    return _port_of(match[1]), path if _SAFE_PATH.fullmatch(path) else None


def _port_of(text: str | None) -> int | None:
    """The port of an address; 80 where it has none, None where a variable stands for it."""
    if text is None:
        return 80
    return int(text) if text.isdigit() and 1 <= int(text) <= 65535 else None
