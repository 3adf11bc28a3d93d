"""Merkle trees of RFC 6962 (section 2) with proofs as RFC 9162 (section 2.1) verifies them.

Only complete subtrees are stored: the node (level, index) covers the leaves
`index * 2**level .. (index + 1) * 2**level - 1`, never changes once written, and a proof reads
O(log n) of them. Hashes are 32 bytes of SHA-256; leaves and inner nodes are hashed apart.
"""

import hashlib
from collections.abc import Sequence
from typing import Protocol

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = tuple[int, int, bytes]
"""A complete node to be stored: level (0 holds leaf hashes), index, hash."""


class NodeStore(Protocol):
    """Where complete nodes are kept. A log's rows are only ever added."""

    def get(self, level: int, index: int) -> bytes:
        """The hash of a complete node; raises LookupError where it was never stored."""


class MemoryNodes:
    """Nodes in a dictionary, for exports, small ledgers and tests."""

    def __init__(self) -> None:
        self._hashes: dict[tuple[int, int], bytes] = {}

    def get(self, level: int, index: int) -> bytes:
        return self._hashes[level, index]

    def add(self, nodes: Sequence[Node]) -> None:
        """Keep new nodes, as a database would insert them."""
        self._hashes.update({(level, index): value for level, index, value in nodes})


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: SHA-256 over 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 over 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(store: NodeStore, size: int, entry: bytes) -> list[Node]:
    """The nodes that become complete when `entry` is leaf number `size`; the caller stores them."""
    current = leaf_hash(entry)
    nodes: list[Node] = [(0, size, current)]
    level, index = 0, size
    while index & 1:
        current = node_hash(store.get(level, index - 1), current)
        level, index = level + 1, index >> 1
        nodes.append((level, index, current))
    return nodes


def root(store: NodeStore, size: int) -> bytes:
    """The tree's hash over its first `size` leaves. Raises ValueError for a negative size."""
    if size < 0:
        raise ValueError("a tree has no negative size")
    return _range_hash(store, 0, size) if size else EMPTY_ROOT


def inclusion_proof(store: NodeStore, index: int, size: int) -> list[bytes]:
    """The audit path of a leaf, from the leaf upwards (RFC 9162, 2.1.3.1). Raises ValueError out of range."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(store, middle, end))
            end = middle
        else:
            path.append(_range_hash(store, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(store: NodeStore, first: int, second: int) -> list[bytes]:
    """That the tree of `first` leaves begins the one of `second` (RFC 9162, 2.1.4.1).

    Empty where the sizes are equal. Raises ValueError unless 0 < first <= second.
    """
    if not 0 < first <= second:
        raise ValueError(f"no consistency proof from {first} to {second}")
    path: list[bytes] = []
    start, end, known = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_range_hash(store, middle, end))
            end = middle
        else:
            path.append(_range_hash(store, start, middle))
            start, known = middle, False
    if not known:
        path.append(_range_hash(store, start, end))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether the leaf hash stands at `index` under the root (RFC 9162, 2.1.3.2). Never raises."""
    if not 0 <= index < size:
        return False
    fn, sn, current = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            current = node_hash(sibling, current)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            current = node_hash(current, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and current == expected_root


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the second tree continues the first (RFC 9162, 2.1.4.2). Never raises."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    steps = list(path) if first & (first - 1) else [first_root, *path]
    if not steps:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == first_root and new == second_root


class Frontier:
    """The right edge of a growing tree: enough to know its root, in O(log n) memory."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, entry: bytes) -> None:
        """Add one leaf."""
        current, rest = leaf_hash(entry), self.size
        while rest & 1:
            current = node_hash(self._peaks.pop(), current)
            rest >>= 1
        self._peaks.append(current)
        self.size += 1

    def root(self) -> bytes:
        """The tree's hash over everything added so far."""
        if not self._peaks:
            return EMPTY_ROOT
        current = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            current = node_hash(peak, current)
        return current


def _split(count: int) -> int:
    """The largest power of two below `count` (at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(store: NodeStore, start: int, end: int) -> bytes:
    """The hash over leaves start..end-1, where start is a multiple of the subtree's width."""
    peaks: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(store.get(level, start >> level))
        start += 1 << level
    current = peaks.pop()
    while peaks:
        current = node_hash(peaks.pop(), current)
    return current
