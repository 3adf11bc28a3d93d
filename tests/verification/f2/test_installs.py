"""What RUN lines install, read as data."""

import pytest

from jobtwin.verification.f2.containerfile import parse_containerfile
from jobtwin.verification.f2.installs import plan_installs, read_installs
from jobtwin.verification.f2.recipe import make_recipe
from tests.verification.dependencies.submissions import texts, tree


def planned(
    containerfile: str, files: dict[str, str], context: str = ""
) -> tuple[list[str], dict[str, object]]:
    recipe = make_recipe(
        parse_containerfile(f"FROM scratch\n{containerfile}".encode(), instructions=50),
        find=lambda _: None,
        arguments={},
    )
    plan, facts = plan_installs(tree({**files}), recipe, context=context, subfolder="")
    return ([one for one in texts(plan) if one not in {"pip", "setuptools", "wheel"}] if plan else []), facts


@pytest.mark.parametrize(
    ("line", "names", "files"),
    [
        ("pip install a 'b>=1'", ["a", "b>=1"], []),
        ("pip3.11 install --no-cache-dir -r req.txt", [], ["req.txt"]),
        ("python -m pip install -rreq.txt --requirement=two.txt", [], ["req.txt", "two.txt"]),
        ("apt-get update && pip install -i http://x -U a; echo pip install b", ["a", "b"], []),
        ("uv pip install --system --python 3 a", ["a"], []),
        ("/venv/bin/pip install --index-url=http://x a # b", ["a"], []),
    ],
)
def test_names_and_files_of_pip_are_found_among_other_words(
    line: str, names: list[str], files: list[str]
) -> None:
    instructions = parse_containerfile(f"RUN {line}".encode(), instructions=5)

    found = read_installs(instructions)

    assert (found.names, found.files) == (names, files)


def test_a_file_is_found_by_the_tail_of_its_path_in_the_image() -> None:
    run = "COPY requirements/prod.txt /tmp/r.txt\nRUN pip install -r /srv/app/requirements.txt -r /tmp/r.txt"
    wanted, facts = planned(
        run, {"api/requirements.txt": "a", "api/requirements/prod.txt": "b"}, context="api"
    )

    assert wanted == ["a", "b"]
    assert facts["requirement_files"] == ["api/requirements.txt", "api/requirements/prod.txt"]


def test_what_is_not_followed_is_a_fact_and_the_build_may_say_the_rest() -> None:
    wanted, facts = planned("RUN pip install git+https://host/x gone -r gone.txt", {})

    assert wanted == ["gone"]
    assert len(facts["not_followed"]) == 2  # type: ignore[arg-type]  # a list


def test_the_project_itself_brings_its_declared_dependencies() -> None:
    manifest = '[project]\nname = "x"\nversion = "1"\ndependencies = ["a"]'

    assert planned("RUN pip install .", {"pyproject.toml": manifest})[0] == ["a"]
    assert planned("RUN pip install -e '.[dev]'", {"pyproject.toml": manifest})[0] == ["a"]
    assert planned("RUN make install", {"pyproject.toml": manifest})[0] == ["a"]
    assert planned("RUN echo hello", {"pyproject.toml": manifest})[0] == []
