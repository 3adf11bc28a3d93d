"""What a run sees: the system's /usr read-only, a generated /etc, nothing else of the host."""

from collections.abc import Mapping
from pathlib import Path

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
        *("--ro-bind", "/usr", "/usr"),
    ]
    if seccomp_fd is not None:
        argv += ["--seccomp", str(seccomp_fd)]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        argv += _top_level(Path("/") / name)
    for path in _MASKED:
        if Path(path).is_dir():
            argv += ["--tmpfs", path, "--remount-ro", path]
    argv += ["--proc", "/proc", "--dev", "/dev", "--bind", f"{scratch}/shm", "/dev/shm"]  # noqa: S108 - inside
    for name in ETC:
        argv += ["--ro-bind", f"{scratch}/etc/{name}", f"/etc/{name}"]
    for path in _BORROWED:
        argv += ["--ro-bind-try", path, path]
    argv += ["--bind", f"{scratch}/w", "/w", "--bind", f"{scratch}/tmp", "/tmp"]  # noqa: S108 - inside
    argv += ["--dir", "/var", "--bind", f"{scratch}/tmp", "/var/tmp", "--dir", "/run"]  # noqa: S108 - inside
    if job.collect is not None:
        argv += ["--bind", f"{scratch}/out", "/out"]
    for index, layer in enumerate(job.layers):
        argv += ["--ro-bind", f"{scratch}/layers/{index}", _inside(layer)]
    argv += ["--remount-ro", "/dev", "--remount-ro", "/", "--clearenv"]
    for key, value in {**BASE_ENVIRONMENT, **job.environment}.items():
        argv += ["--setenv", key, value]
    return [*argv, "--chdir", job.cwd, "--", *job.argv]


BASE_ENVIRONMENT: Mapping[str, str] = {
    "PATH": "/venv/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - inside the sandbox, private to one run
    "LANG": "C.UTF-8",
    "USER": USER,
}


def _top_level(path: Path) -> list[str]:
    """/bin and its like, which are links into /usr on a merged system and folders elsewhere."""
    if path.is_symlink():
        return ["--symlink", str(path.readlink()).lstrip("/"), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.is_dir() else []


def _inside(layer: Layer) -> str:
    if not layer.target.startswith("/") or ".." in layer.target.split("/"):
        raise ValueError(f"a layer needs an absolute place inside the sandbox, not {layer.target!r}")
    return layer.target
