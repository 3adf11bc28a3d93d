"""`jobtwin.toml` as data: what is declared, what is a mistake, what is only unknown."""

import contextlib
import io
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.errors import BadInput
from jobtwin.source.command import SHELL_LETTERS, parse_command
from jobtwin.source.declaration import Declaration, DeclarationLimits, read_declaration
from jobtwin.source.tree import MemoryTree

WHOLE = """
[project]
subfolder = "service"

[evals]
command = ["python", "-m", "evals.run", "--out", "report.json"]
reports = ["report.json", "logs/"]

[artifact]
url = "https://ada.pages.dev/capstone"

[container]
file = "deploy/Containerfile"
port = 8080
health = "/healthz"
services = ["postgresql", "redis", "mysql"]
"""


def declared(text: str | bytes, *, limits: DeclarationLimits | None = None) -> Declaration:
    content = text.encode() if isinstance(text, str) else text
    tree = MemoryTree({"jobtwin.toml": content, "service/app.py": b"", "README.md": b""})
    return read_declaration(tree, limits=limits or DeclarationLimits())


def problems(text: str | bytes) -> list[tuple[str, str]]:
    return [(one.section, one.sentence) for one in declared(text).problems]


def test_every_key_is_read() -> None:
    found = declared(WHOLE)
    assert found.present
    assert found.subfolder == "service"
    assert found.evals_command == ("python", "-m", "evals.run", "--out", "report.json")
    assert found.evals_reports == ("report.json", "logs")
    assert found.artifact_url == "https://ada.pages.dev/capstone"
    assert (found.container.file, found.container.port) == ("deploy/Containerfile", 8080)
    assert (found.container.health, found.container.services) == ("/healthz", ("postgres", "redis"))
    assert found.container.unlisted_services == ("mysql",)
    assert (found.problems, found.unknown_keys, found.facts) == ((), (), {})


def test_without_a_file_nothing_is_declared() -> None:
    assert read_declaration(MemoryTree({"app.py": b""})) == Declaration()


def test_an_empty_file_declares_nothing_and_is_no_mistake() -> None:
    assert declared("") == Declaration(present=True)


def test_an_unknown_key_is_a_fact_and_changes_nothing() -> None:
    found = declared(WHOLE + '\n[evlas]\ncommand = "x"\n[artifact.more]\n')
    assert found.problems == ()
    assert found.facts == {"declaration_unknown_keys": ["evlas", "artifact.more"]}
    assert found.artifact_url == "https://ada.pages.dev/capstone"


def test_a_mistake_in_one_section_leaves_the_others_alone() -> None:
    found = declared('[container]\nport = "8080"\n[evals]\ncommand = "python -m evals"\n')
    assert [one.section for one in found.problems] == ["container"]
    assert found.evals_command == ("python", "-m", "evals")
    assert found.problem_with("evals") is None
    assert found.problem_with("container") is not None


@pytest.mark.parametrize(
    ("text", "section", "words"),
    [
        ("[evals\n", "", "not valid TOML"),
        (b"\xff\xfe[evals]", "", "not UTF-8"),
        ("evals = 3", "evals", "is a table"),
        ("[evals]\ncommand = 3", "evals", "a list of strings"),
        ("[evals]\ncommand = []", "evals", "a list of strings"),
        ('[evals]\ncommand = ["python", 3]', "evals", "a list of strings"),
        ('[evals]\ncommand = "a && b"', "evals", "without a shell"),
        ('[evals]\ncommand = "OUT=x python -m evals"', "evals", "cannot set variables"),
        ('[evals]\ncommand = "python \'x"', "evals", "not closed"),
        ('[evals]\nreports = "report.json"', "evals", "a list of texts"),
        ('[evals]\nreports = ["../report.json"]', "evals", "inside the project"),
        ('[evals]\nreports = ["."]', "evals", "not the whole project"),
        ('[project]\nsubfolder = "nowhere"', "project", "no folder nowhere"),
        ('[project]\nsubfolder = "/etc"', "project", "inside the project"),
        ('[project]\nsubfolder = "service/../../x"', "project", "inside the project"),
        ("[artifact]\nurl = 1979-05-27", "artifact", "in quotation marks"),
        ('[artifact]\nurl = "https://x\\u001b[31m"', "artifact", "control characters"),
        ("[container]\nport = true", "container", "between 1 and 65535"),
        ("[container]\nport = 70000", "container", "between 1 and 65535"),
        ('[container]\nhealth = "//host/x"', "container", "starts with one slash"),
        ('[container]\nhealth = "healthz"', "container", "starts with one slash"),
        ("[container]\nservices = [3]", "container", "in quotation marks"),
        ('[container]\nfile = "a\\\\b"', "container", "inside the project"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(text: str | bytes, section: str, words: str) -> None:
    found = problems(text)
    assert len(found) == 1
    assert found[0][0] == section
    assert words in found[0][1]
    assert found[0][1].isprintable()


def test_an_unreadable_file_is_a_problem_of_every_section() -> None:
    found = declared("[[[")
    assert found.problem_with("evals") == found.problem_with("artifact") == found.problems[0]


def test_a_link_is_not_followed() -> None:
    tree = MemoryTree({"jobtwin.toml": b"/etc/passwd"}, modes={"jobtwin.toml": "120000"})
    assert "is a link" in read_declaration(tree).problems[0].sentence


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 30_000,
        "a" + ".a" * 30_000 + " = 1",
        "a = " + "9" * 60_000,
        "#" * 70_000,
        "a = {" * 10_000,
    ],
    ids=["deep", "dotted", "number", "large", "tables"],
)
def test_a_bomb_is_a_problem_and_costs_nothing(text: str) -> None:
    found = declared(text)
    assert [one.section for one in found.problems] == [""]


@given(st.binary(max_size=300))
def test_no_content_makes_reading_raise(content: bytes) -> None:
    assert declared(content).present


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_whatever_a_value_is_the_declaration_holds_it_inert(value: str) -> None:
    quoted = '"' + "".join(f"\\U{ord(letter):08X}" for letter in value) + '"'
    found = declared(f"[artifact]\nurl = {quoted}\n[project]\nsubfolder = {quoted}\n")
    assert all(str(one).isprintable() for one in found.problems)
    assert found.artifact_url is None or found.artifact_url.isprintable()
    assert ".." not in found.subfolder.split("/")


@given(st.lists(st.text(alphabet="abc-_./=", min_size=1, max_size=10), min_size=1, max_size=5))
def test_a_line_and_its_list_mean_the_same_command(words: list[str]) -> None:
    words = ["run", *words]
    assert parse_command(" ".join(words)) == parse_command(words) == tuple(words)


@pytest.mark.parametrize("letter", sorted(SHELL_LETTERS))
def test_a_line_needs_no_shell(letter: str) -> None:
    with pytest.raises(BadInput, match="without a shell"):
        parse_command(f"python run.py {letter} more")


def test_a_list_may_hold_any_printable_letter() -> None:
    assert parse_command(["python", "-c", "print($x | *)"]) == ("python", "-c", "print($x | *)")


PAGE = (Path(__file__).parents[2] / "docs/jobtwin-toml.md").read_text()


def test_the_documented_declaration_is_right_and_names_every_key() -> None:
    example = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    tree = MemoryTree({"jobtwin.toml": example.encode(), "service/app.py": b""})
    assert read_declaration(tree).facts == {}
    keys = {f"{table}.{key}" for table, values in tomllib.loads(example).items() for key in values}
    assert keys == set(re.findall(r"^\| `([a-z]+\.[a-z]+)`", PAGE, re.MULTILINE))


def test_the_documented_example_prints_what_the_page_says() -> None:
    program = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    expected = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[0]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "jobtwin-toml.md", "exec"), {})  # noqa: S102 - our own page
    assert printed.getvalue() == expected
