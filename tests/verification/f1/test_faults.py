"""Small faults: which can be made, and that each changes what it says and nothing else."""

import ast
import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.f1.faults import KINDS, find_faults, sample, with_fault

CODE = b'''
"""A module."""
LIMIT = 3


@cache(size=1)
def price(count: "int" = 3) -> "float":
    """A docstring."""
    if count > 3 and not free(count):
        logger.info("told" + str(1))
        raise ValueError(f"no {count + 1}")
    audit(count, note="sold")
    return count * 2
'''
TREE = MemoryTree({"app.py": CODE, "tests/test_app.py": CODE, "broken.py": b"def ("})


def changes(code: str) -> list[str]:
    tree = MemoryTree({"app.py": f"def f(a, b):\n    {code}\n".encode()})
    return [one.change for one in find_faults(tree, spare=())]


def test_only_bodies_of_the_code_under_test_are_changed() -> None:
    faults = find_faults(TREE, spare=())

    assert {one.path for one in faults} == {"app.py"}
    assert sorted({one.line for one in faults}) == [9, 12, 13]
    assert {one.kind for one in faults} == set(KINDS)
    assert find_faults(TREE, spare={"app.py"}) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = a < b", ["`<` became `>=`"]),
        ("x = a in b", ["`in` became `not in`"]),
        ("x = a is None", ["`is` became `is not`"]),
        ("x = a - b", ["`-` became `+`"]),
        ("x = a or b", ["`or` became `and`"]),
        ("a += b", ["`+` became `-`"]),
        ("x = not a", ["`not` was removed"]),
        ("x = True", ["`True` became `False`"]),
        ("x = 'y'", ["`'y'` became `'y~'`"]),
        ("x = 1.5", ["`1.5` became `2.5`"]),
        ("return a", ["`return a` became `return None`"]),
        ("a.save(b)", ["the call `a.save(b)` was removed"]),
        ("return None", []),
        ("return", []),
        ("print(a)", []),
        ("raise KeyError('x' + a)", []),
        ("x: 'int'", []),
        ("x = f'{a + b}'", []),
    ],
)
def test_each_kind_of_fault_says_what_it_does(code: str, expected: list[str]) -> None:
    assert changes(code) == expected


def test_one_fault_changes_one_line() -> None:
    plain = ast.unparse(ast.parse(CODE)).splitlines()
    for fault in find_faults(TREE, spare=()):
        changed = with_fault(CODE, fault)
        assert changed is not None
        ast.parse(changed)
        lines = list(difflib.unified_diff(plain, changed.decode().splitlines(), n=0))
        assert len([one for one in lines if one.startswith("+") and not one.startswith("+++")]) == 1, fault


@given(seed=st.text(max_size=10), most=st.integers(0, 20))
def test_a_sample_is_the_same_for_a_seed_and_never_larger_than_asked(seed: str, most: int) -> None:
    faults = find_faults(TREE, spare=())

    chosen = sample(faults, seed=seed, most=most)

    assert chosen == sample(faults, seed=seed, most=most)
    assert len(chosen) == len(set(chosen)) == min(most, len(faults))
    if most >= len(KINDS):
        assert {one.kind for one in chosen} == set(KINDS)
