"""Which command runs the evals: declared, documented, or told by the layout."""

import pytest

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.f3.data import data_hashes
from jobtwin.verification.f3.source import (
    EvalsCommand,
    Project,
    declared_command,
    discover_command,
    is_promptfoo,
)

INSPECT = "from inspect_ai import Task, task\n\n@task\ndef cases():\n    return Task()\n"


def project(folder: str = "", **files: str) -> Project:
    return Project(MemoryTree({path: text.encode() for path, text in files.items()}), folder)


def found(files: dict[str, str]) -> tuple[str, ...] | None:
    command = discover_command(project(**files))
    return command.argv if command else None


@pytest.mark.parametrize(
    ("files", "argv"),
    [
        ({"evals/__main__.py": ""}, ("python", "-m", "evals")),
        ({"evals/run.py": ""}, ("python", "evals/run.py")),
        ({"evals/run.py": "", "evals/__init__.py": ""}, ("python", "-m", "evals.run")),
        ({"eval/main.py": ""}, ("python", "eval/main.py")),
        ({"evals/cases.py": INSPECT}, ("inspect", "eval", "evals/cases.py")),
        (
            {"Makefile": "evals: install ## run\n\t@python -m e.run --out x.json\n"},
            ("python", "-m", "e.run", "--out", "x.json"),
        ),
        (
            {"Makefile": "evals:\n\t# all of them\n\tuv run python -m e \\\n\t  --fast\n"},
            ("python", "-m", "e", "--fast"),
        ),
        (
            {"README.md": "```sh\n$ python -m tool.evals  # all\n```\n", "src/tool/evals.py": ""},
            ("python", "-m", "tool.evals"),
        ),
        ({"README.md": "Run `make evals`.", "Makefile": "evals:\n\tpython a.py\n"}, ("python", "a.py")),
        (
            {"readme.rst": "", "evals/README.md": "`pytest evals/`", "evals/test_a.py": ""},
            ("pytest", "evals/"),
        ),
        (
            {"README.md": "`inspect eval evals/a.py --limit 3`", "evals/a.py": INSPECT},
            ("inspect", "eval", "evals/a.py", "--limit", "3"),
        ),
    ],
)
def test_a_suite_that_is_shown_is_found(files: dict[str, str], argv: tuple[str, ...]) -> None:
    assert found(files) == argv


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": "", "tests/test_app.py": ""},
        {"README.md": "`python -m evals.run`"},
        {"README.md": "`python evals/run.py | tee log`"},
        {"README.md": "We evaluate by hand. `python -m app`", "app.py": ""},
        {"Makefile": "evals:\n\tcd evals && ./run.sh\n"},
        {"Makefile": "evals:\n\tpython a.py\n\tpython b.py\n"},
        {"Makefile": "evals := python a.py\n"},
        {"evals/cases.jsonl": "{}"},
        {"evals/cases.py": "@task\ndef x(): ...\n"},
    ],
)
def test_what_is_no_runnable_suite_is_not_taken_for_one(files: dict[str, str]) -> None:
    assert found(files) is None


def test_what_the_makefile_says_comes_before_the_layout() -> None:
    files = {"evals/run.py": "", "Makefile": "evals:\n\tpython -m other.suite\n"}
    assert found(files) == ("python", "-m", "other.suite")


@pytest.mark.parametrize(
    ("words", "argv"),
    [
        (("npx", "promptfoo@latest", "eval"), ("promptfoo", "eval")),
        (("npx", "--yes", "@scope/tool@1.2", "run"), ("@scope/tool", "run")),
        (("npx", "-p", "other", "tool"), ("npx", "-p", "other", "tool")),
        (("npx",), ("npx",)),
    ],
)
def test_npx_is_taken_off_with_the_version_that_the_lock_decides(
    words: tuple[str, ...], argv: tuple[str, ...]
) -> None:
    assert declared_command(words, project()).argv == argv


def test_a_script_of_package_json_is_found_where_python_shows_nothing() -> None:
    package = '{"scripts": {"eval": "node evals.js"}}'

    assert found({"package.json": package}) == ("npm", "run", "eval")
    assert found({"evals/package.json": package}) == ("npm", "run", "--prefix", "evals", "eval")
    assert found({"package.json": package, "evals/run.py": ""}) == ("python", "evals/run.py")
    assert found({"package.json": '{"scripts": ["eval"]}'}) is None


def test_a_promptfoo_configuration_is_seen_and_named() -> None:
    command = discover_command(project(**{"evals/promptfooconfig.yaml": "prompts: []"}))
    assert command is not None
    assert is_promptfoo(command)
    assert "promptfooconfig.yaml" in command.origin


def test_a_link_named_like_a_suite_is_none() -> None:
    tree = MemoryTree({"evals/run.py": b"../app.py"}, modes={"evals/run.py": "120000"})
    assert discover_command(Project(tree)) is None


def test_a_project_in_a_subfolder_is_looked_at_alone() -> None:
    files = {"evals/run.py": "", "service/evals/__main__.py": ""}
    command = discover_command(project("service", **files))
    assert command is not None
    assert command.argv == ("python", "-m", "evals")


@pytest.mark.parametrize(
    ("declared", "argv"),
    [
        (("make", "evals"), ("python", "a.py")),
        (("uv", "run", "python", "a.py"), ("python", "a.py")),
        (("uv", "run", "--extra", "x", "python", "a.py"), ("uv", "run", "--extra", "x", "python", "a.py")),
        (("make", "other"), ("make", "other")),
    ],
)
def test_a_declared_command_is_freed_of_tools_that_the_sandbox_lacks(
    declared: tuple[str, ...], argv: tuple[str, ...]
) -> None:
    files = {"Makefile": "evals:\n\tpython a.py\n"}
    assert declared_command(declared, project(**files)).argv == argv


def test_a_hostile_makefile_and_readme_cost_little() -> None:
    files = {"Makefile": "evals:\n" + "\t#\n" * 60_000, "README.md": "`" * 190_000 + "```" * 3_000}
    assert found(files) is None


def test_data_files_are_those_below_the_evals_folder_that_are_no_reports() -> None:
    files = {
        "evals/cases.jsonl": "{}",
        "evals/answers/gold.csv": "a,b",
        "evals/prompts.yaml": "a: 1",
        "evals/results.json": "{}",
        "evals/reports/last.json": "{}",
        "evals/run.py": "",
        "evals/own.json": "{}",
        "tests/data.json": "{}",
        "suite/cases.jsonl": "{}",
    }
    command = EvalsCommand(("python", "suite/run.py"), "declared")
    assert set(data_hashes(project(**files, **{"suite/run.py": ""}), command, ("evals/own.json",))) == {
        "evals/cases.jsonl",
        "evals/answers/gold.csv",
        "evals/prompts.yaml",
        "suite/cases.jsonl",
    }


def test_a_task_file_full_of_empty_lines_is_read_once() -> None:
    assert found({"evals/cases.py": "@task" + "\n" * 190_000}) is None
