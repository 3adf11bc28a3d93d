"""Commands of CI count where a program is started that looks at something and can fail."""

import pytest

from jobtwin.core.criterion import WorkflowProbe
from jobtwin.core.draft_review import Finding
from jobtwin.review.files import Files
from jobtwin.review.probes import Prober
from jobtwin.review.shell import rows_that_run, said, started
from tests.review.trees import tree

MET, NOT_MET = Finding.MET, Finding.NOT_MET
TOOLS = WorkflowProbe(kind="workflow", commands=(r"\b(pytest|ruff|pip-audit|evals?)\b",))
Given = dict[str, str | bytes]
TREE: Given = {
    "tests/test_a.py": "def test_a():\n    assert send()\n",
    "evals/run.py": "from app import go\n\ngo()\n",
    "requirements.txt": "a==1\n",
}


def asked(workflow: str, more: Given | None = None, probe: WorkflowProbe = TOOLS) -> Finding:
    files = {**TREE, ".github/workflows/a.yml": workflow, **(more or {})}
    return Prober(Files(tree(files))).evaluate(probe).finding


def step(command: str, more: str = "", job: str = "", on: str = "push") -> str:
    block = "\n".join(f"          {row}" for row in command.split("\n"))
    return f"on: {on}\njobs:\n  a:\n{job}    steps:\n      - run: |\n{block}\n{more}"


ACTING = (
    "pytest",
    "python -m pytest tests -q",
    "uv run --with x pytest -n auto",
    "docker compose run --rm app pytest",
    "bash -c 'set -e; pytest -q'",
    "sudo pytest",
    "A=1 timeout 10m pytest",
    "coverage run -m pytest",
    "pytest tests/ || exit 1",
    "pytest || pytest --lf",
    "pytest | tee log",
    "pytest > /dev/null",
    "ruff check .",
    "ruff check --select ALL evals",
    "pip-audit -r requirements.txt",
    "if ! pytest; then exit 1; fi",
    "docker run \\\n  --rm image \\\n  pytest",
    "run() {\n  pytest\n}\nrun",
    "python evals/run.py",
    "if [ -n \"$CI\" ]; then\n  pytest\nfi",
)  # fmt: skip
IDLE = (
    "echo pytest",
    "grep -r pytest .",
    "git commit -m 'pytest passed'",
    "which pytest",
    "command -v pytest",
    "NAME=pytest",
    "printf %s pytest",
    "docker build -t pytest .",
    "docker build --target pytest .",
    "rm -rf evals",
    "zip -r out.zip evals",
    "pytest &",
    "pytest || echo failed",
    "pytest || [ $? = 5 ]",
    "true || pytest",
    "false && pytest",
    "[ 1 = 2 ] && pytest",
    "! pytest",
    "cat <<END\npytest\nEND",
    "exit 0\npytest",
    "if false; then\n  pytest\nfi",
    "run() {\n  pytest\n}",
    "pytest \\\n  --collect-only",
    "pytest nowhere",
    "pytest --ignore=tests",
    "ruff check nothing.py",
    "ruff check --ignore ALL .",
    "ruff check --exclude '**' .",
    "ruff rule E501",
    "pip-audit -r /dev/null",
    "make -n pytest",
    'eval "$(ls)"',
)  # fmt: skip


@pytest.mark.parametrize("command", ACTING)
def test_a_program_that_is_started_counts(command: str) -> None:
    assert asked(step(command)) is MET


@pytest.mark.parametrize("command", IDLE)
def test_a_word_in_a_command_does_not(command: str) -> None:
    assert asked(step(command)) is NOT_MET


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("false", NOT_MET),
        ("${{ 1 == 2 }}", NOT_MET),
        ("${{ !true }}", NOT_MET),
        ("failure()", NOT_MET),
        ("always() && false", NOT_MET),
        ("github.ref == 'refs/heads/nobody'", NOT_MET),
        ("github.event_name == 'workflow_dispatch'", NOT_MET),
        ("startsWith(github.ref, 'refs/tags/')", NOT_MET),
        ("github.event_name == 'push' || github.event_name == 'release'", MET),
        ("github.ref == 'refs/heads/main'", MET),
        ("github.repository == 'owner/name'", MET),
        ("always()", MET),
        ("matrix.python == '3.12'", MET),
    ],
)
def test_a_condition_that_no_push_fulfils_is_told(condition: str, wanted: Finding) -> None:
    assert asked(step("pytest", job=f'    if: "{condition}"\n')) is wanted


@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        ("[push]", MET),
        ("{pull_request: {types: [labeled]}}", NOT_MET),
        ("{push: {tags: ['v*']}}", NOT_MET),
        ("{push: {branches-ignore: ['**']}}", NOT_MET),
        ("{schedule: [{cron: '0 4 * * 1'}]}", MET),
        ("{schedule: [{cron: '0 0 29 2 0'}]}", NOT_MET),
        ("release", NOT_MET),
    ],
)
def test_a_trigger_is_an_ordinary_one(on: str, wanted: Finding) -> None:
    assert asked(step("pytest", on=on)) is wanted


def test_the_clock_is_no_change() -> None:
    nightly = step("pytest", on="{schedule: [{cron: '0 4 * * 1'}]}")
    assert asked(nightly, probe=TOOLS.model_copy(update={"on_change": True})) is NOT_MET


@pytest.mark.parametrize("more", ["        shell: cat {0}\n", "        continue-on-error: true\n"])
def test_a_step_that_no_shell_reads_does_nothing(more: str) -> None:
    assert asked(step("pytest", more)) is NOT_MET


def test_only_steps_run() -> None:
    assert asked("on: push\njobs:\n  a:\n    env:\n      run: pytest\n    steps: []\n") is NOT_MET
    assert asked(step("pytest", job="    runs-on: a-machine-that-nobody-has\n")) is NOT_MET
    assert asked(step("pytest", job="    runs-on: blacksmith-4vcpu-ubuntu-2204\n")) is MET


def test_what_a_workflow_calls_in_the_tree_is_followed() -> None:
    caller = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n"
    assert asked(caller) is NOT_MET
    assert asked(caller, {".github/workflows/b.yml": step("pytest", on="workflow_call")}) is MET
    action = "runs:\n  using: composite\n  steps:\n    - run: pytest\n      shell: bash\n"
    user = "on: push\njobs:\n  a:\n    steps:\n      - uses: ./.github/actions/t\n"
    assert asked(user, {".github/actions/t/action.yml": action}) is MET


@pytest.mark.parametrize(
    ("job", "wanted"),
    [
        ("test:\n  script: pytest\n", MET),
        (".test:\n  script: pytest\n", NOT_MET),
        (".test:\n  script: pytest\nb:\n  extends: .test\n", MET),
        ("test:\n  when: manual\n  script: pytest\n", NOT_MET),
    ],
)
def test_jobs_of_gitlab_that_nothing_starts_do_not_count(job: str, wanted: Finding) -> None:
    files = {**TREE, ".gitlab-ci.yml": job}
    assert Prober(Files(tree(files))).evaluate(TOOLS).finding is wanted


def test_a_script_is_looked_for_where_the_step_works_and_beside_its_caller() -> None:
    work = "        working-directory: back\n"
    scripts: Given = {
        "back/scripts/a.sh": "bash scripts/b.sh\n",
        "back/scripts/b.sh": "pytest\n",
        "scripts/b.sh": "ls\n",
    }
    assert asked(step("bash scripts/a.sh", work), scripts) is MET


def test_variables_of_make_are_filled_in() -> None:
    makefile = "TOOL ?= pytest\ntest:\n\t$(TOOL) tests\n"
    assert asked(step("make test"), {"Makefile": makefile}) is MET


def test_text_that_no_shell_could_read_is_read_by_words() -> None:
    assert [said(one) for one in started("pytest 'open")] == ["pytest 'open"]
    assert list(rows_that_run([])) == []


@pytest.mark.parametrize(
    ("command", "more", "wanted"),
    [
        ("pytest tests/test_none.py", {"tests/test_none.py": "X = 1\n"}, NOT_MET),
        ("python evals/no.py", {"evals/no.py": "print('all passed')\n"}, NOT_MET),
        ("ruff check .", {"pyproject.toml": "[tool.ruff]\nlint.select = []\n"}, NOT_MET),
        ("ruff check .", {"ruff.toml": "exclude = ['**']\n"}, NOT_MET),
        ("ruff check .", {"pyproject.toml": "[tool.ruff]\nlint.select = ['E']\n"}, MET),
        ("pip-audit --continue-on-error", {}, NOT_MET),
    ],
)
def test_what_is_run_looks_at_something(command: str, more: Given, wanted: Finding) -> None:
    assert asked(step(command), more) is wanted


def test_a_matrix_of_nothing_runs_nothing() -> None:
    matrix = "    strategy:\n      matrix:\n        python: {}\n"
    assert asked(step("pytest", job=matrix.format("[]"))) is NOT_MET
    assert asked(step("pytest", job=matrix.format("['3.12']"))) is MET
