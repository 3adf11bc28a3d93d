"""Which names files of a submission may have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.errors import BadSource
from jobtwin.source.paths import check_collisions, check_path, is_git_name, path_text

NAMES = st.text(st.characters(exclude_characters="/\0\\", exclude_categories=["Cs"]), min_size=1, max_size=30)


def refused(path: str) -> str:
    with pytest.raises(BadSource) as caught:
        check_path(path)
    return caught.value.code


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "C:/windows",
        "C:\\windows",
        "..",
        "../x",
        "a/../b",
        "a/./b",
        "a//b",
        "a/",
        "",
        "a\0b",
        "a\\..\\b",
        "x" * 256,
        "\u00e9" * 128,
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    assert refused(path) == "bad_path"


@pytest.mark.parametrize(
    "name",
    [
        ".git",
        ".GIT",
        ".Git",
        ".git ",
        ".git.",
        ".git . .",
        "git~1",
        "GIT~1",
        ".git::$INDEX_ALLOCATION",
        ".git:stream",
        ".g\u200cit",
        "\u200e.git",
        ".git\ufeff",
        ".G\u200dI\u206bT",
        "x\\.git",
        ".git\\config",
    ],
)
def test_a_name_that_stands_for_gits_own_folder_somewhere_is_refused(name: str) -> None:
    for path in (name, f"{name}/config", f"a/{name}/hooks/post-checkout"):
        assert refused(path) == "bad_path"


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        ".gitignore",
        ".gitattributes",
        ".gitmodules",
        ".github/workflows/ci.yml",
        "git",
        "git~2",
        "...",
        "..a",
        "a..b",
        "-rf",
        "--help",
        "a b",
        "line\nbreak",
        "quote'\"",
        "$(id)",
        "\x1b[2J",
        "caf\u00e9",
        "CON",
        "a:b",
        "\u202egnp.exe",
        "x" * 255,
    ],
)
def test_other_odd_names_are_fine(path: str) -> None:
    check_path(path)
    check_path(f"a/{path}")


@pytest.mark.parametrize(
    "paths",
    [
        ["a", "A"],
        ["src/a.py", "Src/b.py"],
        ["x/README", "x/readme"],
        ["caf\u00e9", "cafe\u0301"],
        ["stra\u00dfe", "STRASSE"],
        ["a\u200cb", "ab"],
        ["a", "a"],
        ["a", "a/b"],
        ["a/b", "a"],
        ["K", "\u212a"],
    ],
)
def test_names_that_are_one_on_some_systems_are_refused(paths: list[str]) -> None:
    with pytest.raises(BadSource) as caught:
        check_collisions(paths)
    assert caught.value.code == "bad_path"


def test_equal_names_in_different_folders_are_fine() -> None:
    check_collisions(["a/x", "b/X", "c/x", "x"])


def test_a_name_that_is_not_utf8_is_refused_and_shown_escaped() -> None:
    assert path_text("caf\u00e9".encode()) == "caf\u00e9"
    with pytest.raises(BadSource, match=r"caf\\xe9") as caught:
        path_text(b"caf\xe9")
    assert caught.value.code == "bad_path"


@given(NAMES | st.sampled_from([".git", "git~1", ".GIT. ", ".git::$DATA"]))
def test_a_git_look_alike_stays_one_under_ignorable_characters(name: str) -> None:
    assert is_git_name("\u200c".join(name)) == is_git_name(name)


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_an_accepted_path_never_goes_up_and_never_enters_gits_folder(parts: list[str]) -> None:
    path = "/".join(parts)
    try:
        check_path(path)
    except BadSource:
        return
    assert not path.startswith("/")
    assert not any(part in ("..", ".") or part.lower().rstrip(". ") == ".git" for part in parts)


@given(st.lists(NAMES, max_size=8, unique_by=lambda name: name.casefold()), NAMES)
def test_adding_the_other_case_of_a_name_always_collides(names: list[str], name: str) -> None:
    other = name.swapcase()
    if other == name or other.casefold() != name.casefold():
        return
    with pytest.raises(BadSource):
        check_collisions([*names, name, other])
