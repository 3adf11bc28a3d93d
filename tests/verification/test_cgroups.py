"""Control groups in the three layouts, over folders that stand in for the kernel's."""

import os
from pathlib import Path

import pytest

from jobtwin.verification.cgroups import PREFIX, Groups, find_hierarchies, is_alive, reap, start_time

V1_MOUNTS = """cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
tmpfs /tmp tmpfs rw 0 0
"""
V1_OWN = "3:cpu,cpuacct:/\n2:memory:/service\n1:pids:/\n"
V2_MOUNTS = "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n"


@pytest.fixture
def v1(tmp_path: Path) -> Path:
    for folder in ("memory/service", "pids", "cpu,cpuacct"):
        (tmp_path / "sys/fs/cgroup" / folder).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def v2(tmp_path: Path) -> Path:
    own = tmp_path / "sys/fs/cgroup/user/verifier"
    own.mkdir(parents=True)
    (own / "cgroup.subtree_control").write_text("")
    (tmp_path / "sys/fs/cgroup/user/cgroup.subtree_control").write_text("memory pids cpu")
    (tmp_path / "sys/fs/cgroup/cgroup.subtree_control").write_text("memory pids cpu")
    return tmp_path


def test_version_1_is_found_below_the_own_group_of_each_controller(v1: Path) -> None:
    found = find_hierarchies(mounts=V1_MOUNTS, own=V1_OWN, root=v1)

    assert found["memory"].parent == v1 / "sys/fs/cgroup/memory/service"
    assert found["pids"].parent == v1 / "sys/fs/cgroup/pids"
    assert {one.version for one in found.values()} == {1}


def test_version_2_gives_its_controllers_to_children_of_the_own_group(v2: Path) -> None:
    found = find_hierarchies(mounts=V2_MOUNTS, own="0::/user/verifier\n", root=v2)

    assert {one.version for one in found.values()} == {2}
    assert found["memory"].parent == v2 / "sys/fs/cgroup/user/verifier"


def test_a_hybrid_machine_uses_version_1_where_a_controller_lives_there(v1: Path) -> None:
    unified = v1 / "sys/fs/cgroup/unified"
    unified.mkdir()
    (unified / "cgroup.subtree_control").write_text("")
    mounts = (
        V1_MOUNTS.replace("cgroup rw,pids", "tmpfs rw") + "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n"
    )

    found = find_hierarchies(mounts=mounts, own=V1_OWN + "0::/\n", root=v1)

    assert found["memory"].version == 1
    assert found["pids"].version == 2


def test_a_machine_without_writable_groups_has_none(tmp_path: Path) -> None:
    assert find_hierarchies(mounts=V2_MOUNTS, own="0::/\n", root=tmp_path) == {}


def test_limits_of_version_1_are_written(v1: Path) -> None:
    groups = Groups(find_hierarchies(mounts=V1_MOUNTS, own=V1_OWN, root=v1), memory_bytes=1000, processes=7)

    (memory,) = (v1 / "sys/fs/cgroup/memory/service").glob(f"{PREFIX}*")
    assert (memory / "memory.limit_in_bytes").read_text() == "1000"
    (pids,) = (v1 / "sys/fs/cgroup/pids").glob(f"{PREFIX}*")
    assert (pids / "pids.max").read_text() == "8"
    assert str(memory / "cgroup.procs") in groups.joins()


def test_limits_and_events_of_version_2(v2: Path) -> None:
    groups = Groups(
        find_hierarchies(mounts=V2_MOUNTS, own="0::/user/verifier\n", root=v2), memory_bytes=1000, processes=7
    )
    (folder,) = (v2 / "sys/fs/cgroup/user/verifier").glob(f"{PREFIX}*")
    (folder / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")
    (folder / "pids.events").write_text("max 3\n")
    (folder / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\n")
    (folder / "memory.peak").write_text("900\n")
    (folder / "pids.peak").write_text("5\n")

    assert (folder / "memory.max").read_text() == "1000"
    assert groups.joins() == [str(folder / "cgroup.procs")]
    assert groups.out_of_memory()
    assert groups.refused_processes()
    assert groups.cpu_seconds() == 2.5
    assert groups.peak_memory() == 900
    assert groups.peak_processes() == 4


def test_version_1_counts_what_was_killed_and_refused(v1: Path) -> None:
    groups = Groups(find_hierarchies(mounts=V1_MOUNTS, own=V1_OWN, root=v1), memory_bytes=1000, processes=7)
    (memory,) = (v1 / "sys/fs/cgroup/memory/service").glob(f"{PREFIX}*")
    (account,) = (v1 / "sys/fs/cgroup/cpu,cpuacct").glob(f"{PREFIX}*")
    (memory / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 0\n")
    (account / "cpuacct.usage").write_text("1500000000\n")

    assert not groups.out_of_memory()
    assert not groups.refused_processes()
    assert groups.cpu_seconds() == 1.5
    assert groups.peak_memory() is None


def test_without_any_controller_nothing_is_measured() -> None:
    groups = Groups({}, memory_bytes=1, processes=1)

    assert (groups.cpu_seconds(), groups.peak_memory(), groups.peak_processes()) == (None, None, None)
    assert groups.joins() == []
    groups.kill()
    groups.close()


def test_groups_of_a_verifier_that_is_gone_are_reaped_and_others_stay(v1: Path) -> None:
    parent = v1 / "sys/fs/cgroup/pids"
    mine = parent / f"{PREFIX}{os.getpid()}-{start_time(os.getpid())}-aa"
    gone, reused = parent / f"{PREFIX}999999999-1-bb", parent / f"{PREFIX}{os.getpid()}-1-cc"
    for folder in (mine, gone, reused):
        folder.mkdir()

    count = reap(find_hierarchies(mounts=V1_MOUNTS, own=V1_OWN, root=v1))

    assert count == 2
    assert mine.exists()
    assert not gone.exists()
    assert not reused.exists()


def test_a_name_that_is_not_ours_is_not_alive() -> None:
    assert not is_alive(f"{PREFIX}x")
