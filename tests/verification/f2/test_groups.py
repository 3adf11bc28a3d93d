"""Control groups of a box, on folders that look like the kernel's."""

from pathlib import Path

from jobtwin.verification.cgroups import Hierarchy
from jobtwin.verification.f2.groups import make_groups


def test_in_version_2_the_box_joins_a_group_below_the_one_that_is_limited(tmp_path: Path) -> None:
    hierarchies = {name: Hierarchy(name, 2, tmp_path) for name in ("memory", "pids", "cpuacct")}

    groups = make_groups(hierarchies, memory_bytes=1000, processes=5)

    (limited,) = tmp_path.iterdir()
    assert groups.joins == (str(limited / "box" / "cgroup.procs"),)
    assert (limited / "memory.max").read_text() == "1000"
    assert (limited / "cgroup.subtree_control").read_text() == "+memory +pids"
    assert groups.inner == f"{limited.name}-c"


def test_in_version_1_it_joins_every_limited_group_itself(tmp_path: Path) -> None:
    for name in ("memory", "pids"):
        (tmp_path / name).mkdir()
    hierarchies = {name: Hierarchy(name, 1, tmp_path / name) for name in ("memory", "pids")}

    groups = make_groups(hierarchies, memory_bytes=1000, processes=5)

    assert [Path(path).parents[1].name for path in groups.joins] == ["memory", "pids"]
    assert (tmp_path / "pids" / groups.inner.removesuffix("-c") / "pids.max").read_text() == "6"
