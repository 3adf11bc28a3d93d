"""Reach: what lies outside the sandbox. The tests assert that it is not there, so each is confirmed."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, passing_with

_G = "reach and persistence"


def _asserts(body: str) -> dict[str, str]:
    return passing_with({"tests/test_zz.py": body})


CASES = [
    Case(
        "files of the host",
        _G,
        _asserts(
            """
            import os
            import pytest

            @pytest.mark.parametrize("path", ["/etc/shadow", "/etc/hostname2", "/root", "/home", "/mnt", "/var/lib",
                "/sys", "/boot", "/opt", "/usr/local/bin", "/etc/ssh", "{secret_file}"])
            def test_x(path):
                assert not os.path.exists(path) or os.listdir(path) == []
            """
        ),
        Reason.OK,
    ),
    Case(
        "links that lead out of the tree",
        _G,
        _asserts(
            """
            import os

            def test_x():
                assert not os.path.islink("shadow.txt")
                assert open("shadow.txt").read() == "/etc/shadow"
                assert open("climb.txt").read() == "../../{secret_file}"
                assert os.path.islink("inside.txt") and "def add" in open("inside.txt").read()
            """
        ),
        Reason.OK,
        links={"shadow.txt": "/etc/shadow", "climb.txt": "../../{secret_file}", "inside.txt": "app.py"},
    ),
    Case(
        "the verifier's environment",
        _G,
        _asserts(
            """
            import os
            from pathlib import Path

            def test_x():
                assert "{secret_name}" not in os.environ
                for process in Path("/proc").glob("[0-9]*"):
                    try:
                        assert b"{secret_name}" not in (process / "environ").read_bytes()
                    except PermissionError:
                        pass
            """
        ),
        Reason.OK,
    ),
    Case(
        "a port on the host's loopback, and any other address",
        _G,
        _asserts(
            """
            import socket
            import pytest

            @pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "1.1.1.1"])
            def test_x(address):
                with pytest.raises(OSError):
                    socket.create_connection((address, {port}), timeout=2)

            def test_only_loopback():
                assert [name for _, name in socket.if_nameindex()] == ["lo"]

            def test_no_abstract_sockets_of_the_host():
                assert len(open("/proc/net/unix").read().splitlines()) <= 1
            """
        ),
        Reason.OK,
    ),
    Case(
        "processes and kernel settings",
        _G,
        _asserts(
            """
            import os
            from pathlib import Path
            import pytest

            def test_few_processes():
                assert len(list(Path("/proc").glob("[0-9]*"))) < 10

            @pytest.mark.parametrize("path", ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"])
            def test_no_writing(path):
                with pytest.raises(OSError):
                    open(path, "w").write("x")

            def test_no_privilege():
                status = Path("/proc/self/status").read_text()
                assert "CapEff:\\t0000000000000000" in status and "CapBnd:\\t0000000000000000" in status
                assert "NoNewPrivs:\\t0" not in status
                assert os.getuid() != 0
                with pytest.raises(OSError):
                    os.setuid(0)

            def test_no_namespaces():
                assert os.system("unshare -Ur true 2>/dev/null") != 0
                assert os.system("mount -t tmpfs tmpfs /tmp 2>/dev/null") != 0

            def test_no_terminal():
                with pytest.raises(OSError):
                    os.open("/dev/tty", os.O_RDWR)
            """
        ),
        Reason.OK,
    ),
    Case(
        "writing outside the private copy",
        _G,
        _asserts(
            """
            import os
            import pytest

            @pytest.mark.parametrize("folder", ["/", "/usr", "/usr/local", "/venv", "/venv/bin", "/jt", "/etc", "/dev",
                "/var", "/run", "/proc"])
            def test_x(folder):
                with pytest.raises(OSError):
                    open(os.path.join(folder, "written"), "w")

            @pytest.mark.parametrize("path", ["/etc/passwd", "/jt/jobtwin_run.py", "/usr/bin/python3", "/venv/bin/python"])
            def test_files(path):
                with pytest.raises(OSError):
                    open(path, "a")
            """
        ),
        Reason.OK,
    ),
    Case(
        "nothing of an earlier run is there",
        _G,
        _asserts(
            """
            import os
            from pathlib import Path

            PLACES = [Path("/tmp/mark"), Path("/dev/shm/mark"), Path("/w/mark"), Path("/var/tmp/mark2")]

            def test_x():
                assert not any(place.exists() for place in PLACES)
                for place in PLACES:
                    place.write_text("I was here")
                if os.fork() == 0:
                    os.setsid()
                    import time
                    time.sleep(600)
            """
        ),
        Reason.OK,
    ),
    Case(
        "nothing of the run before, told again",
        _G,
        _asserts(
            """
            import os
            from pathlib import Path

            def test_x():
                assert not Path("/tmp/mark").exists() and not Path("/dev/shm/mark").exists()
                assert "I was here" not in os.popen("cat /proc/*/cmdline 2>/dev/null").read()
            """
        ),
        Reason.OK,
    ),
    Case(
        "devices and pipes in the tree cannot be made",
        _G,
        _asserts(
            """
            import os
            import pytest
            import stat

            def test_x(tmp_path):
                with pytest.raises(OSError):
                    os.mknod(tmp_path / "disk", stat.S_IFBLK | 0o600, os.makedev(254, 0))
            """
        ),
        Reason.OK,
    ),
]
