"""What trains the guard is named to the byte: texts by a digest, repositories by their commits."""

import subprocess
from pathlib import Path

import pytest
from bench.guard import trees
from bench.guard.corpus import Row
from bench.guard.recipe import digest_of, recipe


@pytest.mark.parametrize(
    "other", [([("md", ["a"])], [Row("t", 0, "s")]), ([("py", ["a"])], [Row("t", 1, "s")]), ([], [])]
)
def test_other_texts_have_another_digest(other: tuple[list[tuple[str, list[str]]], list[Row]]) -> None:
    assert digest_of(*other) != digest_of([("py", ["a"])], [Row("t", 0, "s")])


def test_every_repository_has_one_part_and_a_commit() -> None:
    found = trees.listed()
    assert len({one.name for one in found}) == len(found)
    assert {one.part for one in found} == {"background", "develop"}
    assert all(len(one.commit) == 40 for one in found)


def test_a_tree_is_laid_out_without_its_links(tmp_path: Path) -> None:
    clone = tmp_path / "clones" / "a+b" / "repo"
    work = tmp_path / "work"
    work.mkdir()
    commit = committed(work, clone)
    trees.lay_out(trees.Listed("a+b", "develop", "ordinary", commit), tmp_path / "clones", tmp_path / "into")
    assert [path.name for path in (tmp_path / "into" / "a+b").iterdir()] == ["README.md"]


def committed(work: Path, clone: Path) -> str:
    """The commit of a file and a link to it, in a git directory of its own."""
    (work / "README.md").write_text("hello\n")
    (work / "link").symlink_to("/etc/hostname")

    def git(*words: str) -> str:
        command = [
            "git",
            f"--git-dir={clone}",
            f"--work-tree={work}",
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.example",
        ]
        return subprocess.run([*command, *words], check=True, capture_output=True, text=True, cwd=work).stdout

    clone.parent.mkdir(parents=True)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    return git("rev-parse", "HEAD").strip()


def test_the_recipe_has_one_digest() -> None:
    assert recipe() == recipe()
    assert len(recipe()) == 64
