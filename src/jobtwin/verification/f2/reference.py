"""References of images, as the distribution's grammar writes them (registry/path:tag@digest)."""

import ipaddress
import re
from dataclasses import dataclass

from jobtwin.core.errors import BadInput

DEFAULT_REGISTRY = "docker.io"
"""What the grammar means by a name without a registry; nothing here ever connects to it."""

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REGISTRY = r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,250}[a-zA-Z0-9])?(?::[0-9]{1,5})?"
_REFERENCE = re.compile(
    rf"(?:(?P<registry>{_REGISTRY}|\[[0-9a-fA-F:]+\](?::[0-9]+)?)/)?(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_PRIVATE_NAMES = ("localhost", "local", "internal", "lan", "home", "test", "invalid", "example", "onion")
_TRANSPORT = re.compile(r"^(?:[a-z][a-z-]*:/|oci:|oci-archive:|docker-archive:|docker-daemon:|dir:|ostree:)")
_MAX = 300


@dataclass(frozen=True, slots=True)
class Reference:
    """A normalised name: `docker.io/library/python:3.11-slim` for `python:3.11-slim`."""

    registry: str
    path: str
    tag: str
    digest: str | None = None

    @property
    def name(self) -> str:
        """Registry, path and tag: what the store of base images is asked for."""
        return f"{self.registry}/{self.path}:{self.tag}"

    @property
    def familiar(self) -> str:
        """The shortest form that means the same."""
        return self.name.removeprefix(f"{DEFAULT_REGISTRY}/").removeprefix("library/")

    @property
    def is_private(self) -> bool:
        """True where the registry is an address or a name that only one network knows."""
        host = self.registry.rsplit(":", 1)[0] if not self.registry.startswith("[") else self.registry
        try:
            ipaddress.ip_address(host.strip("[]").split("]")[0])
        except ValueError:
            labels = host.lower().split(".")
            return len(labels) < 2 or labels[-1] in _PRIVATE_NAMES or labels[-2:] == ["example", "com"]
        return True


def parse_reference(text: str) -> Reference:
    """The normalised reference. Raises BadInput for a transport, an address or anything else."""
    if _TRANSPORT.match(text):
        raise BadInput("it names a place or a transport, not an image")
    match = _REFERENCE.fullmatch(text) if len(text) <= _MAX else None
    if match is None:
        raise BadInput("it is not the name of an image")
    registry, path = match["registry"], match["path"]
    if registry is not None and not _is_registry(registry):
        if registry != registry.lower():
            raise BadInput("the name of an image has no capital letters")
        registry, path = None, f"{registry}/{path}"
    registry = DEFAULT_REGISTRY if registry in {None, f"index.{DEFAULT_REGISTRY}"} else registry
    if registry == DEFAULT_REGISTRY and "/" not in path:
        path = f"library/{path}"
    return Reference(str(registry).lower(), path, match["tag"] or "latest", match["digest"])


def _is_registry(first: str) -> bool:
    return "." in first or ":" in first or first == "localhost"
