"""Plugins and start-up files of an environment, read as data."""

from pathlib import Path

from jobtwin.verification.dependencies.metadata import metadata_lines, read_plugins, startup_files


def distribution(site: Path, name: str, entry_points: bytes) -> None:
    folder = site / f"{name}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n\nName: body\n")
    (folder / "entry_points.txt").write_bytes(entry_points)


def test_plugins_are_told_apart_by_who_declared_them(tmp_path: Path) -> None:
    distribution(tmp_path, "pytest_cov", b"[pytest11]\npytest_cov = pytest_cov.plugin\n")
    distribution(
        tmp_path, "anyio", b"[pytest11]\nanyio = anyio.pytest_plugin [x]\n[console_scripts]\na = b:c\n"
    )
    distribution(tmp_path, "broken", b"[pytest11\n")
    distribution(tmp_path, "binary", b"\xff\xfe")
    (tmp_path / "bare-1.0.dist-info").mkdir()

    found = [one.as_json() for one in read_plugins(tmp_path, ("pytest-cov",))]

    assert found == [
        {
            "name": "anyio",
            "module": "anyio.pytest_plugin",
            "distribution": "anyio",
            "version": "1.0",
            "declared": False,
        },
        {
            "name": "pytest_cov",
            "module": "pytest_cov.plugin",
            "distribution": "pytest-cov",
            "version": "1.0",
            "declared": True,
        },
    ]


def test_files_that_run_at_every_start_are_named(tmp_path: Path) -> None:
    for name in ("evil.pth", "sitecustomize.py", "six.py"):
        (tmp_path / name).write_text("")

    assert startup_files(tmp_path) == ("evil.pth", "sitecustomize.py")


def test_only_the_head_of_metadata_counts() -> None:
    text = b"Name: x\nRequires-Dist: six\r\nrequires-dist: attrs\n\nRequires-Dist: body\n"

    assert metadata_lines(text, "Requires-Dist") == [(2, "six"), (3, "attrs")]
