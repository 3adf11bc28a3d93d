"""Classes of tricks that meet no criterion any more, each beside the honest form that still does."""

import pytest

from jobtwin.core.criterion import (
    ConfigProbe,
    ContainerProbe,
    DocumentProbe,
    FilesProbe,
    Probe,
    PythonProbe,
    RecordsProbe,
    WorkflowProbe,
)
from jobtwin.core.draft_review import Finding
from jobtwin.review.files import Files
from jobtwin.review.probes import Prober
from tests.review.trees import tree

MET, NOT_MET = Finding.MET, Finding.NOT_MET
Given = dict[str, str | bytes]


def finding(probe: Probe, files: Given) -> Finding:
    return Prober(Files(tree(files))).evaluate(probe).finding


PYTEST = WorkflowProbe(kind="workflow", commands=(r"\bpytest\b|\bmake (test|check)\b",))
TEST_FILE: Given = {"tests/test_a.py": "def test_parcels():\n    assert send()\n"}


def run_by_ci(command: str, trigger: str = "on: push", more: Given | None = None) -> Finding:
    text = f"{trigger}\njobs:\n  a:\n    steps:\n      - run: {command}\n"
    return finding(PYTEST, {**TEST_FILE, ".github/workflows/a.yml": text, **(more or {})})


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("pytest -q", MET),
        ("pytest -q; exit 0", NOT_MET),
        ("pytest --exit-zero", NOT_MET),
        ("pytest -k nothing_at_all", NOT_MET),
        ("pytest -k 'parcels or doors'", MET),
        ("pytest -k 'not slow'", MET),
        ("test -f never && pytest", NOT_MET),
        ("'[ -d nowhere ] && pytest'", NOT_MET),
        ("test -d tests && pytest", MET),
        ("test -f ./tests/test_a.py && pytest", MET),
        ("expr pytest", NOT_MET),
    ],
)
def test_a_command_counts_where_it_can_run_and_fail(command: str, wanted: Finding) -> None:
    assert run_by_ci(command) is wanted


@pytest.mark.parametrize(
    ("paths", "wanted"),
    [("[never/**]", NOT_MET), ("['tests/**']", MET), ("['**.py']", MET), ("['!docs/**']", MET)],
)
def test_a_trigger_on_paths_that_are_not_there_never_starts(paths: str, wanted: Finding) -> None:
    assert run_by_ci("pytest", f"on:\n  push:\n    paths: {paths}") is wanted


@pytest.mark.parametrize(
    ("makefile", "wanted"),
    [
        ("test:\n\tpytest -q\n", MET),
        ("BIN := .venv/bin\n\ntest: setup\n\t@$(BIN)/python -m pytest\nsetup:\n\ttouch x\n", MET),
        ("test: check\ncheck:\n\tpytest\n", MET),
        ("test:\n\t$(MAKE) check\ncheck:\n\tpytest\n", MET),
        ("test:\n\t@echo pytest\n", NOT_MET),
        ("test:\n\t-pytest\n", NOT_MET),
        ("other:\n\tpytest\n", NOT_MET),
        ("test: test\n", NOT_MET),
    ],
)
def test_make_runs_what_its_targets_say(makefile: str, wanted: Finding) -> None:
    assert run_by_ci("make test", more={"Makefile": makefile}) is wanted


def test_a_target_without_its_makefile_counts_by_its_name() -> None:
    assert run_by_ci("make test") is MET
    assert run_by_ci("make -C service test", more={"service/Makefile": "test:\n\tpytest\n"}) is MET
    assert run_by_ci("cd service && make test", more={"service/Makefile": "test:\n\tls\n"}) is NOT_MET


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("RUN useradd -o -u 0 app\nUSER app\n", NOT_MET),
        ("RUN useradd --uid=0 -o app && true\nUSER app:app\n", NOT_MET),
        ("RUN useradd -u 1000 app\nUSER app\n", MET),
    ],
)
def test_a_user_with_the_number_of_root_is_root(text: str, wanted: Finding) -> None:
    probe = ContainerProbe(kind="container", instruction="USER", pattern=r"^(?!root\b|0+\b)\S")
    assert finding(probe, {"Dockerfile": f"FROM a\n{text}"}) is wanted


LICENCE = FilesProbe(
    kind="files", paths=("LICENSE",), min_lines=2, says=("(?i)permission is (hereby )?granted",)
)


def test_a_licence_says_what_is_allowed() -> None:
    granted = (
        "Permission is hereby\ngranted to any person who has a copy.\nThere is no warranty of any kind.\n"
    )
    refused = "First nobody may use this at all.\nSecond nobody may copy this at all.\n"
    assert finding(LICENCE, {"LICENSE": granted}) is MET
    assert finding(LICENCE, {"LICENSE": refused}) is NOT_MET


START = DocumentProbe(kind="document", paths=("README.md",), min_lines=2, sections=("Usage",), commands=1)
PLAIN = (
    "Use it as one would use any other service of this kind.\nThere is nothing else that one has to know.\n"
)


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("", NOT_MET),
        ("\n```\nmake run\n```\n", MET),
        ("\n    make run\n", MET),
        ("Call `make run` first.\n", MET),
        ("Then start the container with docker compose.\n", MET),
        ("\n## Other\n\n    make run\n", NOT_MET),
    ],
)
def test_how_to_run_it_is_shown_by_a_command(more: str, wanted: Finding) -> None:
    assert finding(START, {"README.md": f"## Usage\n\n{PLAIN}{more}"}) is wanted


@pytest.mark.parametrize(
    ("folder", "wanted"), [("/none", NOT_MET), ("/", MET), ("/app", MET), ("/packages/*", MET)]
)
def test_updates_of_a_folder_that_is_not_there_are_none(folder: str, wanted: Finding) -> None:
    probe = ConfigProbe(kind="config", paths=(".github/dependabot.yml",), keys=("updates",))
    text = f"version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: {folder}\n"
    assert finding(probe, {".github/dependabot.yml": text, "app/a.py": "x = 1\n"}) is wanted


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("ask(timeout=31536000)\n", NOT_MET),
        ("ask(timeout=30)\n", MET),
        ("ask(timeout=LIMIT)\n", MET),
    ],
)
def test_a_limit_of_a_year_limits_nothing(code: str, wanted: Finding) -> None:
    assert finding(PythonProbe(kind="python", keywords=("timeout",)), {"app/a.py": code}) is wanted


def test_a_call_that_is_given_nothing_does_nothing() -> None:
    probe = PythonProbe(kind="python", calls=("logging.info",))
    assert finding(probe, {"app/a.py": "import logging\nlogging.info('')\n"}) is NOT_MET
    assert finding(probe, {"app/a.py": "import logging\nlogging.info('ready')\n"}) is MET


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("def refuse():\n    return True\n", NOT_MET),
        ("from app.guard import refuse\n", MET),
        ("from app.guard import guard\n\n\ndef refuse():\n    return guard('x')\n", MET),
        ("def inner():\n    return 1\n\n\ndef refuse():\n    kept = inner()\n    return kept\n", NOT_MET),
        ("def refuse():\n    return refuse()\n", NOT_MET),
    ],
)
def test_a_test_looks_at_more_than_its_own_file(head: str, wanted: Finding) -> None:
    probe = PythonProbe(kind="python", paths=("tests/*.py",), defines=("test_*",))
    text = f"{head}\n\ndef test_injection_is_refused():\n    assert refuse()\n"
    assert finding(probe, {"tests/test_a.py": text}) is wanted


def test_a_table_of_named_cases_holds_records() -> None:
    probe = RecordsProbe(kind="records", paths=("evals/*.yaml",), at_least=3)
    named = "plea: please be so kind\nflattery: what a wonderful service\norder: ignore what was said\n"
    assert finding(probe, {"evals/a.yaml": named}) is MET
    assert finding(probe, {"evals/a.yaml": named + "runs: 3\n"}) is NOT_MET
