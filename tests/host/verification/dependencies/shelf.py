"""A shelf of wheels made by the test, and settings under which the installer sees nothing else."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from jobtwin.verification.dependencies import Environment, EnvironmentSettings, Plan
from tests.verification.dependencies.submissions import plan_of
from tests.verification.dependencies.wheels import make_wheel


@dataclass(frozen=True)
class Shelf:
    """Wheels in one folder, offered to the installer as the only place to find any."""

    wheels: Path
    settings: EnvironmentSettings

    def add(self, name: str, version: str = "1.0", **details: object) -> Path:
        return make_wheel(self.wheels, name, version, **details)  # type: ignore[arg-type]  # passed on as given


def shelf_at(folder: Path, **limits: object) -> Shelf:
    """A shelf that holds a stand-in pytest; `limits` are fields of the settings."""
    wheels = folder / "wheels"
    wheels.mkdir()
    installer = {"UV_FIND_LINKS": str(wheels), "PIP_NO_INDEX": "1"}
    settings = EnvironmentSettings(folder / "cache", installer=installer, **limits)  # type: ignore[arg-type]
    shelf = Shelf(wheels, settings)
    shelf.add(
        "pytest",
        "99.0",
        entry_points="[console_scripts]\npytest = pytest:main\n",
        files={
            "pytest.py": "import sys\n\ndef main():\n    print('stand-in pytest', sys.prefix, __file__)\n",
        },
    )
    return shelf


def requirements(*lines: str) -> Plan:
    return plan_of({"requirements.txt": "\n".join(lines)})


def inside(
    environment: Environment, *command: str, binds: dict[str, Path] | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command in a sandbox without network where the environment stands at its mount point."""
    sandbox = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/usr", "/usr", "--proc", "/proc"]
    for name in ("lib", "lib64", "bin"):
        sandbox += ["--symlink", f"usr/{name}", f"/{name}"]
    sandbox += ["--dev", "/dev", "--ro-bind", str(environment.path), environment.mount_point]
    for place, folder in (binds or {}).items():
        sandbox += ["--bind", str(folder), place]
    sandbox.append("--clearenv")
    for variable, value in {"PATH": f"{environment.mount_point}/bin:/usr/bin", **variables}.items():
        sandbox += ["--setenv", variable, value]
    return subprocess.run([*sandbox, *command], capture_output=True, text=True, check=False, timeout=120)
