"""A virtual environment that is only ever started at its mount point inside a sandbox.

Its Python is a link to the system's; nothing on the host follows it. Bytecode is compiled by the system's
interpreter in isolated mode without `site`, so that no `.pth` of a wheel runs here.
"""

import os
import shutil
import stat
import subprocess
from pathlib import Path

from jobtwin.core.check import Reason
from jobtwin.verification.dependencies.failure import DependencyFailure
from jobtwin.verification.dependencies.interpreter import Interpreter
from jobtwin.verification.dependencies.settings import EnvironmentSettings

_COMPILE = """
import resource, sys
folder, mount, memory, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import compileall, py_compile
compileall.compile_dir(
    folder, maxlevels=30, quiet=2, force=True, workers=2, stripdir=folder, prependdir=mount,
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
)
"""


def site_packages(venv: Path, interpreter: Interpreter) -> Path:
    """Where the wheels of an environment stand."""
    return venv / "lib" / f"python{interpreter.minor}" / "site-packages"


def lay_out(venv: Path, interpreter: Interpreter, settings: EnvironmentSettings) -> None:
    """Makes an installed prefix a virtual environment of `settings.mount_point`."""
    (venv / ".lock").unlink(missing_ok=True)
    site_packages(venv, interpreter).mkdir(parents=True, exist_ok=True)
    binaries = venv / "bin"
    binaries.mkdir(exist_ok=True)
    for script in binaries.iterdir():
        _set_shebang(script, f"{settings.mount_point}/bin/python".encode())
    _place(binaries / "python", interpreter.path)
    for name in ("python3", f"python{interpreter.minor}"):
        _place(binaries / name, Path("python"))
    if not (venv / "lib64").is_dir():
        _place(venv / "lib64", Path("lib"))
    config = venv / "pyvenv.cfg"
    _clear(config)
    config.write_text(
        f"home = {interpreter.path.parent}\n"
        "include-system-site-packages = false\n"
        f"version = {interpreter.version}\n"
    )


def inspect(venv: Path, settings: EnvironmentSettings) -> tuple[int, int]:
    """Bytes and number of files. Raises DependencyFailure for links, special files and too many files.

    Called before `lay_out`: what stands there then comes from wheels alone, and no wheel may hold a link.
    """
    size = count = 0
    for folder, folders, files in os.walk(venv):
        for name in (*folders, *files):
            path = Path(folder, name)
            status = path.lstat()
            if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
                raise DependencyFailure(
                    Reason.BAD_REQUIREMENT, "a package holds a link or a special file", {"file": name[:200]}
                )
            if status.st_mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX):
                path.chmod(status.st_mode & 0o777)
            size += status.st_size
        count += len(files)
        if count > settings.max_files:
            raise DependencyFailure(
                Reason.NOT_SUPPORTED,
                f"the dependencies hold more than {settings.max_files} files, the limit for one submission",
                {"limit": "max_files"},
            )
    return size, count


def compile_bytecode(venv: Path, interpreter: Interpreter, settings: EnvironmentSettings) -> str:
    """Compiles every module; `compiled`, or `partial` where a limit stopped it. Nothing is imported."""
    seconds = settings.bytecode_seconds
    limits = [str(settings.bytecode_memory), str(max(1, round(seconds)))]
    try:
        done = subprocess.run(
            [interpreter.path, "-I", "-S", "-c", _COMPILE, venv, settings.mount_point, *limits],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "partial"
    return "compiled" if done.returncode == 0 else "partial"


def _set_shebang(script: Path, python: bytes) -> None:
    """Points a script at the mounted Python; written anew, because the file may be a hard link."""
    if not script.is_file() or script.is_symlink():
        return
    with script.open("rb") as file:
        first = file.readline(4096)
        if not first.startswith(b"#!") or b"python" not in first:
            return
        rest = file.read()
    fresh = script.with_name(f".{script.name}.new")
    fresh.write_bytes(b"#!" + python + b"\n" + rest)
    fresh.chmod(0o755)
    fresh.replace(script)


def _place(path: Path, target: Path) -> None:
    _clear(path)
    path.symlink_to(target)


def _clear(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
