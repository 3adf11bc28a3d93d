"""Bytecode, compiled modules and archives: what is left out of a run and what is named."""

import pytest

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.closed_code import is_closed_code, without_shadows


def left(*paths: str) -> tuple[list[str], dict[str, object]]:
    kept, facts = without_shadows(MemoryTree(dict.fromkeys(paths, b"")).entries())
    return [one.path for one in kept], facts


def test_bytecode_in_its_cache_folders_is_left_out_and_counted() -> None:
    kept, facts = left(
        "a.py", "__pycache__/a.cpython-311.pyc", "p/__pycache__/b.pyc", "p/__pycache__/note.txt"
    )

    assert kept == ["a.py", "p/__pycache__/note.txt"]
    assert facts == {"bytecode_left_out": 2}


def test_a_link_in_the_place_of_a_cache_folder_is_left_out() -> None:
    kept, _ = without_shadows(
        MemoryTree(
            {"__pycache__": b"more", "more/a.cpython-311.pyc": b""}, modes={"__pycache__": "120000"}
        ).entries()
    )

    assert [one.path for one in kept] == ["more/a.cpython-311.pyc"]


@pytest.mark.parametrize("name", ["a.so", "a.abi3.so", "a.cpython-311-x86_64-linux-gnu.so"])
def test_a_compiled_module_is_left_out_where_its_source_stands_beside_it(name: str) -> None:
    assert left("p/a.py", f"p/{name}") == (["p/a.py"], {"shadows_left_out": [f"p/{name}"]})
    assert left("a.py", f"p/{name}") == (["a.py", f"p/{name}"], {})


def test_a_package_whose_start_is_compiled_starts_from_its_source() -> None:
    assert left("p/__init__.py", "p/__init__.abi3.so")[0] == ["p/__init__.py"]


@pytest.mark.parametrize(
    ("path", "content", "closed"),
    [
        ("a.pyc", b"", True),
        ("__pycache__/a.pyc", b"", False),
        ("a.abi3.so", b"", True),
        ("libz.so.1", b"", False),
        ("more.zip", b"PK\x03\x04 hooks.py", True),
        ("data.zip", b"PK\x03\x04 rows.csv", False),
        ("fake.zip", b"hooks.py", False),
        ("a.py", b"", False),
    ],
)
def test_code_that_only_a_machine_reads_is_named(path: str, content: bytes, *, closed: bool) -> None:
    assert is_closed_code(MemoryTree({path: content}), path) is closed
