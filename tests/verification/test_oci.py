"""The bundle gives a run the same view as bubblewrap does, and no privilege."""

from pathlib import Path
from typing import Any

import pytest

from jobtwin.verification.engine import Job, Layer
from jobtwin.verification.oci import oci_config, root_links
from jobtwin.verification.rootfs import bubblewrap_arguments, places_of

JOB = Job(("true",), layers=(Layer(Path("venv"), "/venv"),), environment={"A": "1"}, collect=Path("out"))
SCRATCH = Path("/scratch")


def config(machine: str = "x86_64") -> Any:
    return oci_config(
        JOB, scratch=SCRATCH, machine=machine, rlimits={"RLIMIT_CORE": 0}, start=["sh"], closed_dev=True
    )


def test_every_place_that_bubblewrap_mounts_is_in_the_bundle() -> None:
    argv = bubblewrap_arguments(JOB, program="bwrap", scratch=SCRATCH, status_fd=8, seccomp_fd=None)
    mounted = {one["destination"] for one in config()["mounts"]}
    linked = {f"/{name}" for name in root_links(JOB, SCRATCH)}

    targets = {place.target for place in places_of(JOB, SCRATCH)}

    assert targets <= set(argv)
    assert mounted | linked == targets | {"/dev/pts"}


def test_what_a_run_may_write_is_the_same() -> None:
    writable = {one["destination"] for one in config()["mounts"] if "rw" in one["options"]}

    assert writable == {"/w", "/tmp", "/var/tmp", "/dev/shm", "/out"}  # noqa: S108 - places inside
    assert config()["root"]["readonly"] is True


def test_a_run_has_no_privilege_and_no_network() -> None:
    document = config()

    assert not any(document["process"]["capabilities"].values())
    assert document["process"]["noNewPrivileges"] is True
    assert document["process"]["user"] == {"uid": 1000, "gid": 1000}
    assert {"type": "network"} in document["linux"]["namespaces"]
    names = document["linux"]["seccomp"]["syscalls"][0]["names"]
    assert {"unshare", "mount", "ptrace", "io_uring_setup", "keyctl"} <= set(names)


def test_a_processor_without_a_table_has_no_filter_rather_than_a_wrong_one() -> None:
    assert config("riscv64")["linux"]["seccomp"] is None


def test_the_environment_is_what_the_job_says() -> None:
    assert "A=1" in config()["process"]["env"]
    assert config()["process"]["args"] == ["sh", "true"]


@pytest.mark.parametrize("target", ["venv", "/venv/../etc"])
def test_a_layer_has_a_place_inside(target: str) -> None:
    with pytest.raises(ValueError, match="absolute place"):
        places_of(Job(("true",), layers=(Layer(Path("x"), target),)), SCRATCH)
