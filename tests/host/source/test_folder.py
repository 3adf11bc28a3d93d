"""A plain folder becomes the same commit everywhere."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobtwin.core.errors import BadSource
from jobtwin.source.address import TERMINAL, parse_source
from jobtwin.source.folder import commit_folder
from jobtwin.source.paths import check_collisions, check_path
from jobtwin.source.repository import Repository, fetch

pytestmark = pytest.mark.host
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def filled(folder: Path) -> Path:
    (folder / "src").mkdir(parents=True)
    (folder / "src/app.py").write_bytes(b"print()\r\n")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / 'odd "name"\n\\').write_text("odd")
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "kept.log").write_text("ignored by nobody")
    (folder / ".gitattributes").write_text("* text eol=lf ident\n")
    (folder / "link").symlink_to("src")
    return folder


def read_back(folder: Path, tmp_path: Path) -> Repository:
    commit_folder(folder, tmp_path / "made", message="sample", moment=MOMENT)
    return fetch(parse_source(str(tmp_path / "made"), TERMINAL), into=tmp_path / "kept")


def test_every_file_is_there_as_it_is(tmp_path: Path) -> None:
    repository = read_back(filled(tmp_path / "folder"), tmp_path)
    assert {entry.path: entry.mode for entry in repository.entries()} == {
        ".gitattributes": "100644",
        ".gitignore": "100644",
        "kept.log": "100644",
        "link": "120000",
        'odd "name"\n\\': "100644",
        "run.sh": "100755",
        "src/app.py": "100644",
    }
    assert repository.read("src/app.py") == b"print()\r\n"
    assert repository.read("link") == b"src"


def test_the_same_content_and_moment_give_the_same_id(tmp_path: Path) -> None:
    folder = filled(tmp_path / "folder")
    first = commit_folder(folder, tmp_path / "a", message="m", moment=MOMENT)
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=5)))
    assert commit_folder(folder, tmp_path / "b", message="m", moment=elsewhere) == first
    assert commit_folder(folder, tmp_path / "c", message="n", moment=MOMENT) != first
    later = MOMENT + timedelta(seconds=1)
    assert commit_folder(folder, tmp_path / "d", message="m", moment=later) != first
    (folder / "run.sh").chmod(0o644)
    assert commit_folder(folder, tmp_path / "e", message="m", moment=MOMENT) != first


def test_what_an_installer_leaves_behind_and_gits_own_folder_are_left_out(tmp_path: Path) -> None:
    folder = filled(tmp_path / "folder")
    clean = commit_folder(folder, tmp_path / "a", message="m", moment=MOMENT)
    for left in ("src/__pycache__/app.cpython-311.pyc", ".git/config"):
        (folder / left).parent.mkdir()
        (folder / left).write_text("x")
    assert commit_folder(folder, tmp_path / "b", message="m", moment=MOMENT) == clean


def test_nothing_of_the_users_configuration_takes_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path / "folder")
    plain = commit_folder(folder, tmp_path / "a", message="m", moment=MOMENT)
    home = tmp_path / "home"
    (home / "templates/hooks").mkdir(parents=True)
    (home / ".gitconfig").write_text(
        f"[init]\n\ttemplateDir = {home}/templates\n[core]\n\tautocrlf = input\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    assert commit_folder(folder, tmp_path / "b", message="m", moment=MOMENT) == plain
    assert not (tmp_path / "b" / "hooks").exists()


def test_an_empty_folder_a_naive_moment_and_a_full_target_are_refused(tmp_path: Path) -> None:
    folder = filled(tmp_path / "folder")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadSource):
        commit_folder(tmp_path / "empty", tmp_path / "a", message="m", moment=MOMENT)
    with pytest.raises(ValueError, match="time zone"):
        commit_folder(folder, tmp_path / "a", message="m", moment=MOMENT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="empty folder"):
        commit_folder(folder, folder, message="m", moment=MOMENT)


NAME = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs", "Cn"]), min_size=1, max_size=12
)
TREES = st.dictionaries(
    st.lists(NAME, min_size=1, max_size=3).map("/".join), st.binary(max_size=50), min_size=1
)


def acceptable(paths: list[str]) -> bool:
    try:
        for path in paths:
            check_path(path)
        check_collisions(paths)
    except BadSource:
        return False
    return not any(step in ("__pycache__", ".DS_Store") for path in paths for step in path.split("/"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(files=TREES.filter(lambda files: acceptable(list(files))))
def test_any_acceptable_tree_comes_back_byte_for_byte(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("tree")
    for path, content in files.items():
        (place / "folder" / path).parent.mkdir(parents=True, exist_ok=True)
        (place / "folder" / path).write_bytes(content)
    with read_back(place / "folder", place) as repository:
        assert [entry.path for entry in repository.entries()] == sorted(files)
        export = repository.export(place / "out")
    assert {path: (export.root / path).read_bytes() for path in files} == files
