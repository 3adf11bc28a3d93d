"""What a run sees: the system's /usr read-only, a generated /etc, nothing else of the host."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jobtwin.verification.engine import Job, Layer

USER, HOST = "learner", "sandbox"
INNER_ID = 1000

ETC: Mapping[str, str] = {
    "passwd": f"root:x:0:0::/:/usr/sbin/nologin\n{USER}:x:{INNER_ID}:{INNER_ID}::/tmp:/bin/sh\n",
    "group": f"root:x:0:\n{USER}:x:{INNER_ID}:\n",
    "hosts": f"127.0.0.1 localhost {HOST}\n::1 localhost\n",
    "hostname": f"{HOST}\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}

_MASKED = ("/usr/local", "/usr/src", "/usr/lib/python3/dist-packages")
_BORROWED = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/mime.types")

BASE_ENVIRONMENT: Mapping[str, str] = {
    "PATH": "/venv/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - inside the sandbox, private to one run
    "LANG": "C.UTF-8",
    "USER": USER,
}

Kind = Literal["read", "write", "mask", "link", "folder", "proc", "dev"]


@dataclass(frozen=True, slots=True)
class Place:
    """Something at `target` inside. `source` is a path of the host (read, write) or what a link says;
    a mask is an empty folder that cannot be written."""

    kind: Kind
    target: str
    source: str = ""


def places_of(job: Job, scratch: Path) -> list[Place]:
    """Everything that a run of `job` sees, in the order in which it is mounted.

    The private files lie prepared below `scratch`. Raises ValueError for a layer without a place inside.
    """
    found = [Place("read", "/usr", "/usr")]
    found += [place for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32") for place in _top(name)]
    found += [Place("mask", path) for path in _MASKED if Path(path).is_dir()]
    found += [Place("proc", "/proc"), Place("dev", "/dev"), Place("write", "/dev/shm", f"{scratch}/shm")]  # noqa: S108 - inside
    found += [Place("read", f"/etc/{name}", f"{scratch}/etc/{name}") for name in ETC]
    found += [Place("read", path, path) for path in _BORROWED if Path(path).exists()]
    found += [Place("write", "/w", f"{scratch}/w"), Place("write", "/tmp", f"{scratch}/tmp")]  # noqa: S108 - inside
    found += [Place("folder", "/var"), Place("write", "/var/tmp", f"{scratch}/tmp"), Place("folder", "/run")]  # noqa: S108 - inside
    if job.collect is not None or job.marks:
        found.append(Place("write", "/out", f"{scratch}/out"))
    return found + [
        Place("read", _inside(layer), f"{scratch}/layers/{index}") for index, layer in enumerate(job.layers)
    ]


def environment_of(job: Job) -> dict[str, str]:
    """The whole environment of a run."""
    return {**BASE_ENVIRONMENT, **job.environment}


def bubblewrap_arguments(
    job: Job, *, program: str, scratch: Path, status_fd: int, seccomp_fd: int | None
) -> list[str]:
    """The command line of bubblewrap for `job`, whose private files lie prepared below `scratch`."""
    argv = [
        program,
        *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
        *("--unshare-cgroup-try", "--disable-userns", "--new-session", "--die-with-parent"),
        *("--cap-drop", "ALL", "--hostname", HOST),
        *("--uid", str(INNER_ID), "--gid", str(INNER_ID), "--json-status-fd", str(status_fd)),
    ]
    if seccomp_fd is not None:
        argv += ["--seccomp", str(seccomp_fd)]
    for place in places_of(job, scratch):
        argv += _for_bubblewrap(place)
    argv += ["--remount-ro", "/dev", "--remount-ro", "/", "--clearenv"]
    for key, value in environment_of(job).items():
        argv += ["--setenv", key, value]
    return [*argv, "--chdir", job.cwd, "--", *job.argv]


def _for_bubblewrap(place: Place) -> Sequence[str]:
    match place.kind:
        case "read":
            return ("--ro-bind", place.source, place.target)
        case "write":
            return ("--bind", place.source, place.target)
        case "mask":
            return ("--tmpfs", place.target, "--remount-ro", place.target)
        case "link":
            return ("--symlink", place.source, place.target)
        case "folder":
            return ("--dir", place.target)
        case "proc" | "dev":
            return (f"--{place.kind}", place.target)


def _top(name: str) -> list[Place]:
    """/bin and its like, which are links into /usr on a merged system and folders elsewhere."""
    path = Path("/", name)
    if path.is_symlink():
        return [Place("link", str(path), str(path.readlink()).lstrip("/"))]
    return [Place("read", str(path), str(path))] if path.is_dir() else []


def _inside(layer: Layer) -> str:
    if not layer.target.startswith("/") or ".." in layer.target.split("/"):
        raise ValueError(f"a layer needs an absolute place inside the sandbox, not {layer.target!r}")
    return layer.target
