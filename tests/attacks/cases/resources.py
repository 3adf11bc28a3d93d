"""Resource abuse, under small limits so that each case is quick."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from dataclasses import replace

from jobtwin.core.check import Reason
from jobtwin.verification.engine import MIB
from tests.attacks.case import QUICK, Case, passing_with

_G = "resource abuse"


def _test(body: str) -> dict[str, str]:
    return passing_with({"tests/test_zz.py": body})


CASES = [
    Case(
        "spins for ever",
        _G,
        _test("def test_x():\n    while True:\n        pass\n"),
        Reason.TIMEOUT,
        replace(QUICK, cpu_seconds=2),
        summary="cpu_seconds",
    ),
    Case(
        "sleeps for ever",
        _G,
        _test("import time\n\ndef test_x():\n    time.sleep(3600)\n"),
        Reason.TIMEOUT,
        replace(QUICK, wall_seconds=2),
        summary="wall_seconds",
    ),
    Case(
        "ignores SIGTERM and sleeps",
        _G,
        _test(
            """
            import signal
            import time

            def test_x():
                for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
                while True:
                    time.sleep(1)
            """
        ),
        Reason.TIMEOUT,
        replace(QUICK, wall_seconds=2),
    ),
    Case(
        "spins in many processes",
        _G,
        _test(
            """
            import os

            def test_x():
                for _ in range(8):
                    if os.fork() == 0:
                        while True:
                            pass
                while True:
                    pass
            """
        ),
        Reason.TIMEOUT,
        replace(QUICK, cpu_seconds=3),
    ),
    Case(
        "takes all memory",
        _G,
        _test("def test_x():\n    blocks = []\n    while True:\n        blocks.append(bytearray(8 << 20))\n"),
        Reason.OUT_OF_MEMORY,
        replace(QUICK, memory_bytes=200 * MIB),
    ),
    Case(
        "takes all memory in a child",
        _G,
        _test(
            """
            import subprocess
            import sys

            def test_x():
                subprocess.run([sys.executable, "-c", "a = [bytearray(8 << 20) for _ in range(1000)]"], check=True)
            """
        ),
        Reason.OUT_OF_MEMORY,
        replace(QUICK, memory_bytes=200 * MIB),
    ),
    Case(
        "a fork bomb",
        _G,
        _test("import os\n\ndef test_x():\n    while True:\n        os.fork()\n"),
        Reason.TOO_MANY_PROCESSES,
        replace(QUICK, cpu_seconds=5, wall_seconds=10, processes=30),
        also=(Reason.TIMEOUT,),
    ),
    Case(
        "too many threads",
        _G,
        _test(
            """
            import threading
            import time

            def test_x():
                for _ in range(500):
                    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
            """
        ),
        Reason.TOO_MANY_PROCESSES,
    ),
    Case(
        "fills the disk",
        _G,
        _test(
            """
            def test_x(tmp_path):
                with open(tmp_path / "big", "wb") as file:
                    while True:
                        file.write(b"x" * (1 << 20))
            """
        ),
        Reason.DISK_FULL,
        replace(QUICK, disk_bytes=32 * MIB),
    ),
    Case(
        "fills the shared memory",
        _G,
        _test(
            """
            def test_x():
                with open("/dev/shm/big", "wb") as file:
                    while True:
                        file.write(b"x" * (1 << 20))
            """
        ),
        Reason.DISK_FULL,
        replace(QUICK, disk_bytes=32 * MIB),
    ),
    Case(
        "makes files without end",
        _G,
        _test(
            """
            def test_x(tmp_path):
                for number in range(10_000_000):
                    (tmp_path / str(number)).touch()
            """
        ),
        Reason.DISK_FULL,
        replace(QUICK, inodes=500),
    ),
    Case(
        "floods the log",
        _G,
        _test(
            """
            import os

            def test_x():
                while True:
                    os.write(1, b"x" * 65536)
                    os.system("head -c 1000000 /dev/zero")
            """
        ),
        Reason.OUTPUT_LIMIT,
        replace(QUICK, output_bytes=2 * MIB),
        also=(Reason.DISK_FULL, Reason.TIMEOUT),
    ),
    Case(
        "floods the log past pytest's capture",
        _G,
        passing_with(
            {
                "conftest.py": """
                    import os

                    out = os.dup(1)

                    def pytest_configure(config):
                        while True:
                            os.write(2, b"x" * 65536)
                """,
                "pytest.ini": "[pytest]\naddopts = -s\n",
            }
        ),
        Reason.OUTPUT_LIMIT,
        replace(QUICK, output_bytes=2 * MIB, disk_bytes=128 * MIB),
        also=(Reason.DISK_FULL,),
    ),
    Case(
        "floods the result channel",
        _G,
        passing_with(
            {
                "conftest.py": """
                    import os

                    def pytest_configure(config):
                        while True:
                            for number in range(3, 40):
                                try:
                                    os.write(number, b"x" * 65536)
                                except OSError:
                                    pass
                """
            }
        ),
        Reason.OUTPUT_LIMIT,
        replace(QUICK, result_bytes=1 * MIB),
    ),
    Case(
        "a daemon that holds the output open",
        _G,
        _test(
            """
            import os
            import subprocess

            def test_x():
                subprocess.Popen(["/usr/bin/sleep", "600"], start_new_session=True)
            """
        ),
        Reason.OK,
    ),
]
