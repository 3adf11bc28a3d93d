"""Settings of the container check: where base images stand, and every limit by name."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from jobtwin.core.errors import BadInput

MIB = 1024 * 1024
PREFIX = "JOBTWIN_CONTAINER_"


@dataclass(frozen=True)
class ContainerSettings:
    """`images` is the store of base images; sizes are bytes, times seconds.

    What a build writes lies in memory, so `disk_bytes` counts towards `memory_bytes`. The limits of the
    started container begin with `app_`, those of each service beside it with `service_`. `registries`:
    where it is not empty, base images of any other registry are refused; nothing is ever pulled either
    way.
    """

    images: Path
    registries: tuple[str, ...] = ()
    file_bytes: int = 256 * 1024
    instructions: int = 500
    context_bytes: int = 512 * MIB
    build_seconds: float = 300.0
    memory_bytes: int = 4096 * MIB
    disk_bytes: int = 3072 * MIB
    inodes: int = 400_000
    processes: int = 512
    output_bytes: int = 16 * MIB
    start_seconds: float = 60.0
    probe_seconds: float = 3.0
    settle_seconds: float = 2.0
    stop_seconds: float = 10.0
    app_memory_bytes: int = 1024 * MIB
    app_processes: int = 256
    app_tmp_bytes: int = 256 * MIB
    service_seconds: float = 60.0
    service_memory_bytes: int = 512 * MIB
    service_disk_bytes: int = 256 * MIB
    wheel_seconds: float = 600.0
    wheel_bytes: int = 4_000_000_000
    wheel_cache_seconds: float = 30 * 86_400.0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, int | float) and value <= 0:
                raise ValueError(f"the limit {one.name} must be above zero")
        if self.disk_bytes > self.memory_bytes:
            raise ValueError("disk_bytes may not exceed memory_bytes: what a build writes lies in memory")

    @property
    def wall_seconds(self) -> float:
        """How long one box may live: every phase at its limit, and half a minute around them."""
        waits = self.start_seconds + self.service_seconds + self.settle_seconds + self.stop_seconds
        return self.build_seconds + waits + 30.0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, cache: Path) -> "ContainerSettings":
        """From JOBTWIN_IMAGES and JOBTWIN_CONTAINER_<NAME>; `registries` is separated by commas.

        Raises BadInput for a limit that is not a number above zero.
        """
        values: dict[str, object] = {}
        for one in fields(cls):
            text = environ.get(f"{PREFIX}{one.name.upper()}")
            if text is not None and one.name != "images":
                values[one.name] = _parsed(one.name, text, number=one.type)
        base = cls(images=Path(environ.get("JOBTWIN_IMAGES") or cache / "images"))
        try:
            return replace(base, **values)  # type: ignore[arg-type]  # each value has the type of its field
        except ValueError as error:
            raise BadInput(str(error)) from error


def _parsed(name: str, text: str, *, number: object) -> object:
    if name == "registries":
        return tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        return float(text) if number is float else int(text)
    except ValueError as error:
        raise BadInput(f"{PREFIX}{name.upper()} must be a number, not {text[:40]!r}") from error
