"""What one request to somebody else's server may cost, and what the operator's network needs."""

from dataclasses import dataclass, field, fields

from jobtwin.source.address import SourcePolicy
from jobtwin.source.git import GitSettings

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Every field is a limit of its own name.

    `seconds` is wall time for everything, redirects included; `look_up_seconds` for one name,
    `connect_seconds` for one connection, `silence_seconds` between two pieces of an answer. `head_bytes`
    bounds what comes before a body, `body_bytes` what is read of it as it travels, `decoded_bytes` what it
    may unpack to.
    """

    seconds: float = 30.0
    look_up_seconds: float = 10.0
    connect_seconds: float = 10.0
    silence_seconds: float = 10.0
    redirects: int = 5
    head_bytes: int = 64 * 1024
    body_bytes: int = 5 * MIB
    decoded_bytes: int = 10 * MIB

    def __post_init__(self) -> None:
        for one in fields(self):
            if getattr(self, one.name) <= 0:
                raise ValueError(f"the limit {one.name} must be above zero")


@dataclass(frozen=True)
class RequestSettings:
    """`network` holds the operator's certificates and proxy, the same as for a source. `development`
    lists loopback origins (`127.0.0.1:8443`) that an operator allows on a development machine."""

    limits: RequestLimits = field(default_factory=RequestLimits)
    network: GitSettings = field(default_factory=GitSettings)
    development: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        SourcePolicy(loopback=self.development)
