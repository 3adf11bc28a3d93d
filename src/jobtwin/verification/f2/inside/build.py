"""The build: buildah without network, then what the image says of itself."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from .child import Child
from .runtime import WRAPPER
from .tell import Teller

HOME = Path("/box")
IMAGE = "localhost/jobtwin/submission:latest"
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": str(HOME),
    "TMPDIR": str(HOME / "tmp"),
    "CONTAINERS_STORAGE_CONF": str(HOME / "storage.conf"),
    "CONTAINERS_CONF": "/etc/containers/containers.conf",
    "LC_ALL": "C.UTF-8",
}
_STORAGE = """[storage]
driver = "overlay"
graphroot = "/box/store"
runroot = "/box/run"
[storage.options]
additionalimagestores = [{images}]
"""


def prepare(plan: dict[str, Any]) -> None:
    """Folders and the store's configuration, on the box's own size-capped file system."""
    for name in ("store", "run", "tmp", "runc"):
        (HOME / name).mkdir(mode=0o700)
    (HOME / "runtime").write_text(WRAPPER)
    (HOME / "runtime").chmod(0o700)
    images = '"/images"' if plan["images"] else ""
    (HOME / "storage.conf").write_text(_STORAGE.format(images=images))


def build(plan: dict[str, Any], tell: Teller) -> dict[str, Any]:
    """Runs the build; `exit` is None where a limit ended it."""
    child = Child(_command(plan), cap=plan["output_bytes"], environment=ENVIRONMENT)
    tell.phase("build", child.log)
    least_free = [_free()]

    def look() -> None:
        tell.look()
        least_free[0] = min(least_free[0], _free())

    code = child.wait(plan["build_seconds"], meanwhile=look)
    if code is None:
        child.kill()
    return {
        "exit": code,
        "seconds": round(child.seconds, 3),
        "flooded": child.flooded,
        "log": child.log(),
        "least_free": least_free[0],
    }


def _command(plan: dict[str, Any]) -> list[str]:
    command = ["buildah", "--registries-conf", "/etc/containers/registries.conf", "build"]
    command += ["--isolation", "oci", "--runtime", str(HOME / "runtime"), "--network", "none", "--pull=never"]
    command += ["--format", "docker", "--layers=false", "--http-proxy=false"]
    command += ["--signature-policy", "/etc/containers/policy.json", "--cgroup-parent", plan["group"]]
    for source, target in plan["volumes"]:
        command += ["--volume", f"{source}:{target}:ro"]
    for name, value in plan["arguments"].items():
        command += ["--build-arg", f"{name}={value}"]
    if plan["target"]:
        command += ["--target", plan["target"]]
    return [*command, "--file", "/job/Containerfile", "--tag", IMAGE, "/context"]


def _free() -> int:
    status = os.statvfs(HOME)
    return min(status.f_bavail * status.f_frsize, status.f_favail * 1024 * 1024)


def describe() -> dict[str, Any]:
    """The built image: its id, configuration, and the sizes of its layers in bytes."""
    image = json.loads(_buildah("inspect", "--type", "image", IMAGE))
    manifest = json.loads(image["Manifest"])
    return {
        "id": image["FromImageID"],
        "config": image["Docker"]["config"],
        "layers": [layer["size"] for layer in manifest["layers"]],
    }


def mount() -> Path:
    """A fresh file system of the image; where it is mounted."""
    container = _buildah("from", "--pull=never", IMAGE).strip()
    return Path(_buildah("mount", container).strip())


def _buildah(*arguments: str) -> str:
    done = subprocess.run(
        ["buildah", "--registries-conf", "/etc/containers/registries.conf", *arguments],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise OSError(f"buildah {arguments[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout
