"""What a run left behind is described without following, waiting for, or trusting any of it."""

import json
import os
from pathlib import Path

import pytest

from jobtwin.verification.f3.inside.files import compare, count_cases, describe, survey


def written(top: Path, **files: str) -> None:
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_new_and_changed_files_are_told_and_caches_are_not(tmp_path: Path) -> None:
    written(tmp_path, **{"kept.txt": "a", "changed.txt": "a", "gone.txt": "a"})
    before = survey(str(tmp_path))
    written(tmp_path, **{"changed.txt": "b", "a/new.json": "[1, 2]", "__pycache__/x.py": "", "x.pyc": ""})
    (tmp_path / "gone.txt").unlink()
    told = compare(str(tmp_path), before, [])
    assert [(one["path"], one["new"]) for one in told["files"]] == [
        ("a/new.json", True),
        ("changed.txt", False),
    ]
    assert told["files"][0]["cases"] == 2


def test_a_change_that_restores_size_and_time_is_seen(tmp_path: Path) -> None:
    written(tmp_path, **{"cases.jsonl": "aaaa"})
    status = (tmp_path / "cases.jsonl").stat()
    before = survey(str(tmp_path))
    written(tmp_path, **{"cases.jsonl": "bbbb"})
    os.utime(tmp_path / "cases.jsonl", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert compare(str(tmp_path), before, [])["files_count"] == 1


def test_declared_reports_come_first(tmp_path: Path) -> None:
    before = survey(str(tmp_path))
    written(tmp_path, **{f"a{number:03}.txt": "x" for number in range(60)}, **{"out/z.json": "[]"})
    told = compare(str(tmp_path), before, ["out"])
    assert told["files"][0]["path"] == "out/z.json"
    assert (len(told["files"]), told["files_count"]) == (50, 61)


def test_links_pipes_and_sockets_are_named_and_not_opened(tmp_path: Path) -> None:
    before = survey(str(tmp_path))
    (tmp_path / "report.json").symlink_to("/etc/passwd")
    (tmp_path / "logs").symlink_to("/etc")
    os.mkfifo(tmp_path / "results.json")
    told = compare(str(tmp_path), before, ["report.json"])
    assert told["files"] == []
    assert told["odd"] == {"logs": "link", "report.json": "link", "results.json": "pipe"}


def test_a_file_of_two_gigabytes_is_measured_and_not_read(tmp_path: Path) -> None:
    with (tmp_path / "report.json").open("wb") as file:
        file.truncate(2 * 1024**3)
    assert describe(str(tmp_path / "report.json")) == {"size": 2 * 1024**3, "sha256": None}


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "9" * 100_000, "", "{", "nan", '{"a":' * 5_000],
    ids=["deep", "number", "empty", "cut", "nan", "objects"],
)
def test_a_report_that_cannot_be_parsed_is_not_valid(tmp_path: Path, text: str) -> None:
    written(tmp_path, **{"report.json": text})
    assert describe(str(tmp_path / "report.json"))["valid"] is False


def test_markup_and_entities_are_bytes_with_a_hash(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    written(tmp_path, **{"report.xml": bomb})
    told = describe(str(tmp_path / "report.xml"))
    assert (told["valid"], told["size"]) == (None, len(bomb))
    assert "cases" not in told


def test_folders_without_end_are_left_at_a_depth(tmp_path: Path) -> None:
    before = survey(str(tmp_path))
    written(tmp_path, **{"report.json": "[1]"})
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    assert [one["path"] for one in compare(str(tmp_path), before, [])["files"]] == ["report.json"]
    _remove_chain(tmp_path)


def _remove_chain(top: Path) -> None:
    """Folders nested too deeply for a path: moved up one by one, then removed."""
    while (top / "d").is_dir():
        if (top / "d" / "d").is_dir():
            (top / "d" / "d").rename(top / "next")
        (top / "d").rmdir()
        if (top / "next").is_dir():
            (top / "next").rename(top / "d")


def test_a_name_that_is_no_text_becomes_some(tmp_path: Path) -> None:
    before = survey(str(tmp_path))
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_text("x")
    told = compare(str(tmp_path), before, [])
    assert json.loads(json.dumps(told))["files"][0]["path"] == "?.txt"


def test_an_inspect_log_tells_its_status_and_samples(tmp_path: Path) -> None:
    log = {"version": 2, "status": "error", "eval": {"dataset": {"samples": 9}}, "samples": [{}, {}]}
    written(tmp_path, **{"log.json": json.dumps(log)})
    told = describe(str(tmp_path / "log.json"))
    assert (told["status"], told["cases"]) == ("error", 2)


@pytest.mark.parametrize(
    ("document", "cases"),
    [
        ([1, 2, 3], 3),
        ({"cases": 7}, 7),
        ({"results": {"results": [1, 2], "stats": {}}}, 2),
        ({"figures": {"dev.cases": 37, "held_out.cases": 35}}, 72),
        ({"total": True}, None),
        ({"accuracy": 0.5}, None),
        ("text", None),
        ({"total": -3}, None),
    ],
)
def test_a_report_says_how_many_cases_it_tells_of(document: object, cases: int | None) -> None:
    assert count_cases(document) == cases


def test_lines_of_json_are_counted_and_a_broken_one_spoils_them(tmp_path: Path) -> None:
    written(tmp_path, **{"a.jsonl": '{"x": 1}\n\n{"x": 2}\n', "b.jsonl": '{"x": 1}\n{"x"'})
    assert describe(str(tmp_path / "a.jsonl"))["valid"] is True
    assert describe(str(tmp_path / "a.jsonl"))["cases"] == 2
    assert describe(str(tmp_path / "b.jsonl"))["valid"] is False
