"""Pictures that show something, pins of imports, data that is loaded, users that stay."""

import pytest

from jobtwin.core.criterion import (
    ConfigProbe,
    ContainerProbe,
    DocumentProbe,
    DrawnProbe,
    FilesProbe,
    LockedProbe,
    PinnedProbe,
    Probe,
    PythonProbe,
    RecordsProbe,
)
from jobtwin.core.draft_review import Finding
from jobtwin.review.files import Files
from jobtwin.review.probes import Prober
from tests.review.trees import PICTURE, tree

MET, NOT_MET = Finding.MET, Finding.NOT_MET
Given = dict[str, str | bytes]


def finding(probe: Probe, files: Given) -> Finding:
    return Prober(Files(tree(files))).evaluate(probe).finding


@pytest.mark.parametrize(
    ("picture", "wanted"),
    [
        (PICTURE, MET),
        (b"\x89PNG" + bytes(600), NOT_MET),
        (PICTURE[:16] + bytes([0, 0, 0, 1, 0, 0, 0, 1]) + bytes(600), NOT_MET),
        (b"no picture at all" * 60, NOT_MET),
    ],
)
def test_a_picture_has_the_head_of_its_kind_and_a_size(picture: bytes, wanted: Finding) -> None:
    probe = FilesProbe(kind="files", paths=("**/*.png",))
    assert finding(probe, {"docs/a.png": picture, "README.md": "![a](docs/a.png)\n"}) is wanted


@pytest.mark.parametrize(
    ("drawing", "wanted"),
    [
        ("graph TD\nA --> B\nB --> C", MET),
        ("sequenceDiagram\nA->>B: asks\nB-->>A: answers", MET),
        ("pie\n'one' : 3\n'two' : 4", MET),
        ("one\ntwo\nthree", NOT_MET),
    ],
)
def test_a_diagram_joins_things(drawing: str, wanted: Finding) -> None:
    assert finding(DrawnProbe(kind="drawn"), {"README.md": f"# A\n\n```mermaid\n{drawing}\n```\n"}) is wanted


PINNED = PinnedProbe(kind="pinned", paths=("requirements.txt",))


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import httpx\n", MET),
        ("import json\n", MET),
        ("from app import b\n", MET),
        ("import fastapi\n", NOT_MET),
    ],
)
def test_pins_are_of_what_the_service_imports(code: str, wanted: Finding) -> None:
    assert finding(PINNED, {"requirements.txt": "httpx==1.0\n", "app/a.py": code, "app/b.py": ""}) is wanted


def test_a_package_of_another_name_than_its_module_is_known() -> None:
    files: Given = {"requirements.txt": "PyYAML==6.0\n", "app/a.py": "import yaml\n"}
    assert finding(PINNED, files) is MET


def test_a_lock_names_what_the_service_imports() -> None:
    lock = "".join(f'[[package]]\nname = "{name}"\nversion = "1"\n' for name in ("httpx", "anyio", "idna"))
    files: Given = {"uv.lock": lock, "pyproject.toml": "[project]\nname='a'\n", "app/a.py": "import httpx\n"}
    assert finding(LockedProbe(kind="locked"), files) is MET
    assert finding(LockedProbe(kind="locked"), {**files, "app/a.py": "import fastapi\n"}) is NOT_MET


@pytest.mark.parametrize(
    ("loader", "wanted"),
    [
        ("open('evals/cases.jsonl')\n", MET),
        ("Path(__file__).parent.glob('*.jsonl')\n", MET),
        ("print('nothing')\n", NOT_MET),
    ],
)
def test_cases_are_loaded_by_something(loader: str, wanted: Finding) -> None:
    probe = RecordsProbe(kind="records", paths=("evals/*.jsonl",), at_least=2)
    cases = '{"text": "one small ticket"}\n{"text": "another large parcel"}\n'
    assert finding(probe, {"evals/cases.jsonl": cases, "evals/run.py": loader}) is wanted
    assert finding(probe, {"evals/cases.jsonl": cases}) is MET


USER = ContainerProbe(kind="container", instruction="USER", pattern=r"^(?!root\b|0+\b)\S")


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"Dockerfile": "FROM a\nUSER app\nCMD ['app']\n"}, MET),
        ({"Dockerfile": 'FROM a\nUSER app\nCMD ["sudo", "app"]\n'}, NOT_MET),
        ({"Dockerfile": "FROM a\nUSER app\nENTRYPOINT exec gosu root app\n"}, NOT_MET),
        (
            {"Dockerfile": "FROM a\nRUN echo 'app ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers\nUSER app\n"},
            NOT_MET,
        ),
        ({"Dockerfile": "FROM a\n", "tools/Dockerfile": "FROM a\nUSER app\n"}, NOT_MET),
        ({"a/Dockerfile": "FROM a\n", "b/Dockerfile": "FROM a\nUSER app\n"}, MET),
        (
            {
                "Dockerfile": "FROM a\nUSER app\n",
                "compose.yaml": "services:\n  a:\n    build: .\n    user: root\n",
            },
            NOT_MET,
        ),
    ],
)
def test_nothing_makes_the_user_root_again(files: Given, wanted: Finding) -> None:
    assert finding(USER, files) is wanted


@pytest.mark.parametrize(
    ("check", "wanted"),
    [
        ("curl -f http://localhost:8000/health", MET),
        ("curl -f http://127.0.0.1/health || exit 1", MET),
        ("curl -f http://api:8000/health", MET),
        ("curl -f http://$HOST/health", MET),
        ("curl https://example.org/", NOT_MET),
        ("curl --version", NOT_MET),
        ("curl -f http://localhost/health || exit 0", NOT_MET),
    ],
)
def test_a_health_check_asks_the_service_and_can_fail(check: str, wanted: Finding) -> None:
    probe = ContainerProbe(kind="container", instruction="HEALTHCHECK", pattern="curl")
    assert finding(probe, {"Dockerfile": f"FROM a\nHEALTHCHECK CMD {check}\n"}) is wanted


def test_a_counter_counts_what_happens_and_not_its_own_start() -> None:
    probe = PythonProbe(kind="python", calls=("inc",))
    assert finding(probe, {"app/a.py": "C.inc()\n"}) is NOT_MET
    assert finding(probe, {"app/a.py": "def a():\n    C.inc()\n\n\na()\n"}) is MET


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("renovate.json", '{"extends": ["config:base"]}', MET),
        ("renovate.json", '{"extends": ["config:base"], "enabled": false}', NOT_MET),
        (".github/dependabot.yml", "updates:\n  - directory: /\n    open-pull-requests-limit: 5\n", MET),
        (".github/dependabot.yml", "updates:\n  - directory: /\n    open-pull-requests-limit: 0\n", NOT_MET),
    ],
)
def test_updates_that_are_switched_off_are_none(path: str, text: str, wanted: Finding) -> None:
    probe = ConfigProbe(kind="config", paths=(path,), keys=("extends", "updates"))
    assert finding(probe, {path: text}) is wanted


def test_modules_that_nobody_imports_are_not_parts_of_the_service() -> None:
    probe = FilesProbe(kind="files", paths=("app/*.py",), at_least=2, min_lines=1)
    files: Given = {
        "app/main.py": "import app.a\n\nprint(app.a)\n",
        "app/a.py": "X = 1\n",
        "app/b.py": "X = 1\n",
    }
    assert finding(probe, files) is MET
    assert finding(probe, {**files, "app/main.py": "print(1)\n"}) is NOT_MET


def test_a_quick_start_that_only_prints_shows_no_command() -> None:
    probe = DocumentProbe(kind="document", paths=("README.md",), min_lines=2, sections=("Usage",), commands=1)
    prose = "It is used like every other service of this kind.\nNothing else has to be known before that.\n"
    assert finding(probe, {"README.md": f"## Usage\n\n{prose}\n    echo hello\n"}) is NOT_MET
    assert finding(probe, {"README.md": f"## Usage\n\n{prose}\n    make run\n"}) is MET
