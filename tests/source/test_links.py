"""Where links lead, decided without a file system and compared with one."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobtwin.source.links import MAX_TARGET_BYTES, stays_inside

FOLDERS = {"a", "a/b", "a/b/c", "d"}


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("l", "a/b"),
        ("l", "./a/./b"),
        ("l", "missing/file"),
        ("l", "."),
        ("a/l", "../d"),
        ("a/b/l", "../../a/b/c"),
        ("a/l", ".."),
    ],
)
def test_a_link_within_the_tree_stays_inside(link: str, target: str) -> None:
    assert stays_inside(link, {link: target}, FOLDERS)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("l", "/etc/passwd"),
        ("l", ".."),
        ("l", "../x"),
        ("a/l", "../../x"),
        ("l", "a/b/../../../x"),
        ("l", "missing/../../x"),
        ("l", "missing/../a"),
        ("l", ""),
        ("l", "a\0b"),
        ("l", "l"),
        ("l", "x" * (MAX_TARGET_BYTES + 1)),
    ],
)
def test_a_link_that_leaves_the_tree_does_not(link: str, target: str) -> None:
    assert not stays_inside(link, {link: target}, FOLDERS)


def test_links_on_the_way_are_followed_before_going_up() -> None:
    targets = {"a/b/up": "../..", "l": "a/b/up/../secret"}
    assert stays_inside("a/b/up", targets, FOLDERS)
    assert not stays_inside("l", targets, FOLDERS)


def test_a_link_through_one_that_leaves_leaves_too() -> None:
    targets = {"out": "/etc", "l": "out/passwd"}
    assert not stays_inside("l", targets, FOLDERS)


def test_a_long_chain_and_an_exploding_one_count_as_leaving() -> None:
    loop = {"x": "y", "y": "x"}
    bomb = {f"n{i}": "/".join([f"n{i + 1}"] * 50)[:4000] for i in range(50)} | {"n50": "."}
    assert not stays_inside("x", loop, FOLDERS)
    assert not stays_inside("n0", bomb, FOLDERS)


STEP = st.sampled_from(["a", "b", "c", "d", "l1", "l2", "l3", "..", ".", "none"])
TARGET = st.lists(STEP, min_size=1, max_size=6).map("/".join)


@settings(max_examples=150, deadline=None)
@given(st.tuples(TARGET, TARGET, TARGET))
def test_a_link_called_inside_never_resolves_outside_on_a_real_file_system(
    raw: tuple[str, str, str],
) -> None:
    targets = dict(zip(["l1", "a/l2", "a/b/l3"], raw, strict=True))
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve() / "outer" / "root"
        for folder in FOLDERS:
            (root / folder).mkdir(parents=True, exist_ok=True)
        for link, target in targets.items():
            (root / link).symlink_to(target)
        for link in targets:
            if stays_inside(link, targets, FOLDERS):
                real = os.path.realpath(root / link)
                assert Path(real).is_relative_to(root)
