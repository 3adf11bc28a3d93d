"""Merkle trees against the recursive definitions of RFC 6962, written here a second time."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.proofs import merkle

ENTRIES = st.lists(st.binary(max_size=8), max_size=70)


def reference_root(entries: list[bytes]) -> bytes:
    """RFC 6962, 2.1: MTH."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return hashlib.sha256(b"\x01" + reference_root(entries[:k]) + reference_root(entries[k:])).digest()


def reference_path(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1: PATH."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*reference_path(m, entries[:k]), reference_root(entries[k:])]
    return [*reference_path(m - k, entries[k:]), reference_root(entries[:k])]


def reference_proof(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.2: PROOF."""
    return subproof(m, entries, known=True)


def subproof(m: int, entries: list[bytes], *, known: bool) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if known else [reference_root(entries)]
    k = split(n)
    if m <= k:
        return [*subproof(m, entries[:k], known=known), reference_root(entries[k:])]
    return [*subproof(m - k, entries[k:], known=False), reference_root(entries[:k])]


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def grown(entries: list[bytes]) -> merkle.MemoryNodes:
    store = merkle.MemoryNodes()
    for size, entry in enumerate(entries):
        store.add(merkle.append(store, size, entry))
    return store


@given(ENTRIES)
def test_roots_of_every_size_are_those_of_the_rfc(entries: list[bytes]) -> None:
    store, frontier = grown(entries), merkle.Frontier()

    for size in range(len(entries) + 1):
        assert merkle.root(store, size) == frontier.root() == reference_root(entries[:size])
        if size < len(entries):
            frontier.append(entries[size])


@given(ENTRIES.filter(bool), st.data())
def test_inclusion_proofs_are_those_of_the_rfc_and_hold(entries: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, size - 1))

    path = merkle.inclusion_proof(grown(entries), index, size)

    assert path == reference_path(index, entries[:size])
    leaf, root = merkle.leaf_hash(entries[index]), reference_root(entries[:size])
    assert merkle.verify_inclusion(leaf, index, size, path, root)


@given(ENTRIES.filter(bool), st.data())
def test_consistency_proofs_are_those_of_the_rfc_and_hold(entries: list[bytes], data: st.DataObject) -> None:
    second = data.draw(st.integers(1, len(entries)))
    first = data.draw(st.integers(1, second))

    path = merkle.consistency_proof(grown(entries), first, second)

    assert path == reference_proof(first, entries[:second])
    old, new = reference_root(entries[:first]), reference_root(entries[:second])
    assert merkle.verify_consistency(first, second, old, new, path)


def changed(path: list[bytes], data: st.DataObject) -> list[bytes]:
    """A proof with one hash changed, gone, doubled, or two changed places."""
    at = data.draw(st.integers(0, len(path)))
    kind = data.draw(st.sampled_from(["flip", "drop", "add", "swap"]))
    if kind == "flip" and at < len(path):
        return [*path[:at], bytes([path[at][0] ^ 1]) + path[at][1:], *path[at + 1 :]]
    if kind == "drop" and at < len(path):
        return path[:at] + path[at + 1 :]
    if kind == "swap" and at + 1 < len(path):
        return [*path[:at], path[at + 1], path[at], *path[at + 2 :]]
    return [*path[:at], bytes(32), *path[at:]]


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70, unique=True), st.data())
def test_no_changed_inclusion_proof_holds(entries: list[bytes], data: st.DataObject) -> None:
    size, root = len(entries), reference_root(entries)
    index = data.draw(st.integers(0, size - 1))
    path, leaf = merkle.inclusion_proof(grown(entries), index, size), merkle.leaf_hash(entries[index])
    other = data.draw(st.integers(-1, size + 1).filter(lambda place: place != index))

    forged = changed(path, data)

    assert forged == path or not merkle.verify_inclusion(leaf, index, size, forged, root)
    assert not merkle.verify_inclusion(leaf, other, size, path, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"another entry"), index, size, path, root)


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=70, unique=True), st.data())
def test_no_rewritten_history_is_consistent(entries: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(entries) - 1))
    at = data.draw(st.integers(0, first - 1))
    rewritten = [*entries[:at], b"another entry", *entries[at + 1 :]]
    store = grown(rewritten)
    path = merkle.consistency_proof(store, first, len(entries))
    old, new = reference_root(entries[:first]), reference_root(rewritten)

    assert not merkle.verify_consistency(first, len(entries), old, new, path)
    honest = merkle.consistency_proof(grown(entries), first, len(entries))
    forged = changed(honest, data)
    same = reference_root(entries)
    assert forged == honest or not merkle.verify_consistency(first, len(entries), old, same, forged)


@given(st.integers(0, 5000), st.integers(0, 5000), st.lists(st.binary(min_size=32, max_size=32), max_size=16))
def test_verifiers_say_no_to_noise_without_raising(first: int, second: int, path: list[bytes]) -> None:
    assert not merkle.verify_inclusion(bytes(32), first, second, path, b"x" * 32)
    assert not merkle.verify_consistency(first, second, bytes(32), b"x" * 32, path)


def test_the_known_roots_of_the_certificate_transparency_tests_come_out() -> None:
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    store = grown([bytes.fromhex(text) for text in inputs])

    assert [merkle.root(store, size).hex() for size in range(1, 9)] == roots


def test_an_append_gives_only_nodes_that_never_change() -> None:
    store = merkle.MemoryNodes()
    seen: dict[tuple[int, int], bytes] = {}
    for size in range(200):
        nodes = merkle.append(store, size, b"%d" % size)
        for level, index, value in nodes:
            assert (level, index) not in seen
            seen[level, index] = value
        store.add(nodes)

    assert sum(1 for level, _ in seen if level == 0) == 200
    assert sum(1 for level, _ in seen if level == 3) == 25


def test_questions_beyond_the_tree_are_mistakes_of_the_caller() -> None:
    store = grown([b"a", b"b"])
    for ask in (
        lambda: merkle.root(store, -1),
        lambda: merkle.inclusion_proof(store, 2, 2),
        lambda: merkle.inclusion_proof(store, -1, 2),
        lambda: merkle.consistency_proof(store, 0, 2),
        lambda: merkle.consistency_proof(store, 3, 2),
    ):
        with pytest.raises(ValueError, match=r"no |negative"):
            ask()
    with pytest.raises(LookupError):
        merkle.root(store, 3)
