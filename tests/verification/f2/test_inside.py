"""The parts that run inside the box, on plain files and values."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobtwin.verification.f2.inside.bundle import NotStartable, in_root, write_bundle
from jobtwin.verification.f2.inside.probe import listening
from jobtwin.verification.f2.inside.runtime import main, tighten
from jobtwin.verification.f2.inside.start import counted

PLAN = {
    "environment": {"A": "b"},
    "group": "g",
    "app_memory_bytes": 5,
    "app_processes": 6,
    "app_tmp_bytes": 7,
    "denied": ["mount"],
    "hosts": "/box/hosts",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    etc = tmp_path / "root" / "etc"
    etc.mkdir(parents=True)
    (etc / "passwd").write_text(
        "root:x:0:0::/root:/bin/sh\nada:x:1000:1001::/home/ada:/bin/sh\nbad:x:no:0::/:\n"
    )
    (etc / "group").write_text("staff:x:50:\n")
    return tmp_path / "root"


@pytest.mark.parametrize(
    ("user", "found"),
    [
        ("", (0, 0, "/root")), ("0", (0, 0, "/root")),
        ("ada", (1000, 1001, "/home/ada")), ("1000", (1000, 1001, "/home/ada")),
        ("ada:staff", (1000, 50, "/home/ada")), ("7:8", (7, 8, "/")), ("7", (7, 0, "/")),
    ],
)  # fmt: skip
def test_a_user_is_found_in_the_images_own_files(root: Path, user: str, found: tuple[int, int, str]) -> None:
    assert in_root(root, user or "0") == found


@pytest.mark.parametrize("user", ["eve", "ada:nobody", "bad", "4294967295"])
def test_a_user_that_is_none_cannot_be_started(root: Path, user: str) -> None:
    with pytest.raises(NotStartable):
        in_root(root, user)


def test_no_link_of_an_image_is_followed_for_its_users(root: Path, tmp_path: Path) -> None:
    (tmp_path / "host").write_text("eve:x:0:0::/:\n")
    (root / "etc" / "passwd").unlink()
    (root / "etc" / "passwd").symlink_to(tmp_path / "host")

    with pytest.raises(NotStartable):
        in_root(root, "eve")


def bundle(root: Path, tmp_path: Path, config: dict[str, Any]) -> dict[str, Any]:
    write_bundle(tmp_path / "bundle", root=root, config=config, plan=PLAN, network=Path("/box/network"))
    document: dict[str, Any] = json.loads((tmp_path / "bundle" / "config.json").read_text())
    return document


def test_a_bundle_gives_no_capability_no_network_and_a_read_only_root(root: Path, tmp_path: Path) -> None:
    document = bundle(
        root,
        tmp_path,
        {"Cmd": ["x"], "Entrypoint": ["e"], "User": "ada", "Env": ["P=1=2"], "WorkingDir": "/w"},
    )

    process = document["process"]
    assert (process["args"], process["user"], process["cwd"]) == (
        ["e", "x"],
        {"uid": 1000, "gid": 1001},
        "/w",
    )
    assert set(process["env"]) >= {"P=1=2", "A=b", "HOME=/home/ada"}
    assert not any(process["capabilities"].values())
    assert process["noNewPrivileges"] is True
    assert document["root"]["readonly"] is True
    assert {one["type"] for one in document["linux"]["namespaces"]} == {
        "pid",
        "network",
        "ipc",
        "uts",
        "mount",
    }
    assert document["linux"]["cgroupsPath"] == "g/app"
    assert document["linux"]["resources"]["pids"] == {"limit": 6}
    assert document["linux"]["seccomp"]["syscalls"][0]["names"] == ["mount"]


def test_volumes_are_small_memory_file_systems_and_cover_nothing_that_matters(
    root: Path, tmp_path: Path
) -> None:
    document = bundle(
        root, tmp_path, {"Cmd": ["x"], "Volumes": {"/data": {}, "/": {}, "/proc": {}, "rel": {}}}
    )

    added = [one for one in document["mounts"] if "tmpcopyup" in one["options"]]
    assert [(one["destination"], one["type"], "size=7" in one["options"]) for one in added] == [
        ("/data", "tmpfs", True)
    ]


def test_an_image_without_a_command_cannot_be_started(root: Path, tmp_path: Path) -> None:
    with pytest.raises(NotStartable, match="neither CMD nor ENTRYPOINT"):
        bundle(root, tmp_path, {"Cmd": None})


def test_a_build_step_loses_its_control_groups_and_most_capabilities(tmp_path: Path) -> None:
    config = {
        "mounts": [
            {"destination": "/sys/fs/cgroup", "type": "cgroup"},
            {"destination": "/proc", "type": "proc"},
        ],
        "process": {"capabilities": {"bounding": ["CAP_CHOWN", "CAP_SYS_ADMIN", "CAP_MKNOD"]}},
    }
    (tmp_path / "config.json").write_text(json.dumps(config))

    main(["--log", "x", "create", "--bundle", str(tmp_path), "name"])

    changed = json.loads((tmp_path / "config.json").read_text())
    assert changed == tighten(config)
    assert [one["destination"] for one in changed["mounts"]] == ["/proc"]
    assert changed["process"] == {"capabilities": {"bounding": ["CAP_CHOWN"]}, "noNewPrivileges": True}


def test_listening_ports_are_read_from_the_kernels_table(tmp_path: Path) -> None:
    head = "  sl  local_address rem_address   st\n"
    (tmp_path / "tcp").write_text(
        head + "   0: 00000000:1F90 00000000:0000 0A\n   1: 0100007F:1F91 0100007F:8D54 06\n"
    )
    (tmp_path / "tcp6").write_text(head + "   0: 00000000000000000000000000000000:0050 0:0 0A\n")

    assert listening(tmp_path) == [80, 8080]


def test_what_a_container_used_is_read_from_its_own_groups_in_version_1(tmp_path: Path) -> None:
    (tmp_path / "memory.max_usage_in_bytes").write_text("4096\n")
    (tmp_path / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    (tmp_path / "pids.peak").write_text("7\n")

    assert counted({"memory": str(tmp_path), "pids": str(tmp_path), "cpu": str(tmp_path)}) == {
        "app_memory_bytes": 4096,
        "app_out_of_memory": True,
        "app_processes": 7,
    }


def test_what_a_container_used_is_read_from_its_one_group_in_version_2(tmp_path: Path) -> None:
    (tmp_path / "memory.peak").write_text("4096\n")
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 3\noom 0\noom_kill 0\noom_group_kill 0\n")

    assert counted({"": str(tmp_path)}) == {"app_memory_bytes": 4096, "app_out_of_memory": False}
    assert counted({"memory": str(tmp_path / "gone")}) == {}
