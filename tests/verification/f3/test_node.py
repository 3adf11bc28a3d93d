"""Which npm project a command of Node belongs to."""

import pytest

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.f3.node import node_project
from jobtwin.verification.f3.source import EvalsCommand, Project


def place(argv: tuple[str, ...], *folders: str, inside: str = "") -> str | None:
    files = {f"{one}/package.json".lstrip("/"): b"{}" for one in folders}
    files["ours/evals/foo.yaml"] = b""
    front = node_project(Project(MemoryTree(files), inside), EvalsCommand(argv, "declared"))
    return front.folder if front is not None else None


CONFIGURED = ("promptfoo", "eval", "-c", "ours/evals/foo.yaml")


@pytest.mark.parametrize(
    ("argv", "folders", "found"),
    [
        (CONFIGURED, ("", "ours", "ours/evals"), "ours/evals"),
        (CONFIGURED, ("", "ours"), "ours"),
        (CONFIGURED, ("", "other"), ""),
        (("npm", "run", "evals"), ("", "evals"), ""),
        (("node", "../../etc/passwd"), ("evals",), "evals"),
        (CONFIGURED, ("other",), None),
        (("python", "ours/evals/foo.yaml"), ("",), None),
    ],
)
def test_the_nearest_package_json_above_what_it_names(
    argv: tuple[str, ...], folders: tuple[str, ...], found: str | None
) -> None:
    assert place(argv, *folders) == found


def test_no_package_json_outside_the_project_is_taken() -> None:
    assert place(("promptfoo", "eval", "-c", "evals/foo.yaml"), "", inside="ours") is None
