"""Ledger exports: every tampering noticed with its code, nothing raised but for what cannot be read."""

import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobtwin.proofs.note import VerifierKey
from tests.proofs.book import (
    ENTRIES,
    KEYS,
    NOTES,
    OTHER,
    SEEN_BY,
    SIGNERS,
    export,
    honest,
    note,
    verify,
)

Tamper = Callable[[Path], object]


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Tamper:
    """Change the lines of entries.jsonl."""

    def tamper(folder: Path) -> None:
        path = folder / "entries.jsonl"
        path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))

    return tamper


def raw(name: str, change: Callable[[bytes], bytes]) -> Tamper:
    """Change the bytes of one file."""
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))


def notes(change: Callable[[list[str]], list[str]]) -> Tamper:
    """Change the notes of checkpoints.txt."""

    def tamper(folder: Path) -> None:
        path = folder / "checkpoints.txt"
        path.write_text("=====\n".join(change(path.read_text().split("=====\n"))))

    return tamper


def keys(change: Callable[[dict[str, Any]], object]) -> Tamper:
    """Change keys.json."""

    def tamper(folder: Path) -> None:
        document = json.loads((folder / "keys.json").read_text())
        change(document)
        (folder / "keys.json").write_text(json.dumps(document))

    return tamper


E, C, K = "entries.jsonl", "checkpoints.txt", "keys.json"
BY_LOG = [SIGNERS[0]]
OTHER_KEY = str(VerifierKey(SEEN_BY, OTHER.public_bytes))

TAMPERED: list[tuple[str, Tamper, str]] = [
    # entries
    ("a score changed", raw(E, lambda b: b.replace(b'"0.25"', b'"0.95"')), "ROOT_MISMATCH"),
    ("a score of the last entry changed", raw(E, lambda b: b.replace(b'"0.55"', b'"0.95"')), "ROOT_MISMATCH"),
    ("a salt changed", raw(E, lambda b: b.replace(b'"salt":"', b'"salt":"0')), "BAD_ENTRY"),
    ("a minute changed", raw(E, lambda b: b.replace(b"12:02:00", b"12:02:01")), "ROOT_MISMATCH"),
    ("a fact added", raw(E, lambda b: b.replace(b'"kind"', b'"a":1,"kind"', 1)), "NOT_CANONICAL"),
    ("a fact added in its place", raw(E, lambda b: b.replace(b'{"at', b'{"a":1,"at', 1)), "ROOT_MISMATCH"),
    ("the first entry gone", lines(lambda a: a[1:]), "BAD_SEQUENCE"),
    ("an entry gone", lines(lambda a: a[:2] + a[3:]), "BAD_SEQUENCE"),
    ("the last entry gone", lines(lambda a: a[:-1]), "MISSING_ENTRIES"),
    ("all entries gone", lines(lambda _: []), "MISSING_ENTRIES"),
    ("an entry twice", lines(lambda a: [*a[:3], a[2], *a[3:]]), "BAD_SEQUENCE"),
    ("the last entry twice", lines(lambda a: [*a, a[-1]]), "UNSIGNED_ENTRIES"),
    (
        "an entry slipped in",
        lines(lambda a: [*a[:3], a[3].replace(b"attempt-3", b"attempt-x"), *a[3:]]),
        "BAD_SEQUENCE",
    ),
    ("an entry added", lines(lambda a: [*a, a[-1].replace(b'"seq":5', b'"seq":6')]), "UNSIGNED_ENTRIES"),
    ("two entries exchanged", lines(lambda a: [a[1], a[0], *a[2:]]), "BAD_SEQUENCE"),
    ("turned round", lines(lambda a: a[::-1]), "BAD_SEQUENCE"),
    ("an empty line between", lines(lambda a: [a[0], b"\n", *a[1:]]), "NOT_CANONICAL"),
    ("an empty line at the end", lines(lambda a: [*a, b"\n"]), "UNSIGNED_ENTRIES"),
    ("a space at the end", raw(E, lambda b: b + b" "), "LINE_END"),
    ("no final newline", raw(E, lambda b: b[:-1]), "LINE_END"),
    ("carriage returns", raw(E, lambda b: b.replace(b"\n", b"\r\n")), "LINE_END"),
    ("a byte order mark", raw(E, lambda b: b"\xef\xbb\xbf" + b), "NOT_CANONICAL"),
    ("UTF-16", raw(E, lambda b: b.decode().encode("utf-16")), "NOT_CANONICAL"),
    ("no UTF-8", raw(E, lambda b: b.replace("ü".encode(), b"\xfc")), "NOT_CANONICAL"),
    (
        "a letter escaped that need not be",
        raw(E, lambda b: b.replace("ü".encode(), b"\\u00fc", 1)),
        "NOT_CANONICAL",
    ),
    ("a space in an entry", raw(E, lambda b: b.replace(b",", b", ", 1)), "NOT_CANONICAL"),
    ("a key twice", raw(E, lambda b: b.replace(b'"seq":0', b'"seq":0,"seq":0')), "NOT_CANONICAL"),
    (
        "a key twice, the second one honest",
        raw(E, lambda b: b.replace(b'"seq":0', b'"seq":9,"seq":0')),
        "NOT_CANONICAL",
    ),
    (
        "keys in another order",
        lambda f: (f / E).write_text(
            "".join(json.dumps(dict(reversed(json.loads(line).items()))) + "\n" for line in ENTRIES)
        ),
        "NOT_CANONICAL",
    ),
    ("a number as a fraction", raw(E, lambda b: b.replace(b'"seq":0', b'"seq":0.0')), "NOT_CANONICAL"),
    ("a number with a power", raw(E, lambda b: b.replace(b'"seq":1', b'"seq":1e0')), "NOT_CANONICAL"),
    ("minus nothing", raw(E, lambda b: b.replace(b'"seq":0', b'"seq":-0')), "NOT_CANONICAL"),
    ("a list for an entry", lines(lambda a: [b"[]\n", *a[1:]]), "NOT_CANONICAL"),
    ("a line of a megabyte", lines(lambda a: [b'{"a":"' + b"x" * 2**20 + b'"}\n', *a]), "LINE_TOO_LONG"),
    ("a line without end", lines(lambda _: [b"x" * 50_000_000]), "LINE_TOO_LONG"),
    (
        "nested without end",
        lines(lambda a: [b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"\n", *a]),
        "NOT_CANONICAL",
    ),
    # checkpoints
    ("the last checkpoint gone", notes(lambda n: n[:-1]), "UNSIGNED_ENTRIES"),
    ("no checkpoint", raw(C, lambda _: b""), "NO_CHECKPOINT"),
    ("checkpoints exchanged", notes(lambda n: [n[1], n[0], n[2]]), "SIZE_DECREASES"),
    ("a checkpoint twice", notes(lambda n: [n[0], *n]), "REPEATED_CHECKPOINT"),
    ("two roots for one size", notes(lambda n: [*n, note([*ENTRIES[:5], ENTRIES[0]], 6)]), "TWO_ROOTS"),
    (
        "a checkpoint of other entries between",
        notes(lambda n: [n[0], note(ENTRIES[1:], 2), *n[1:]]),
        "ROOT_MISMATCH",
    ),
    ("a checkpoint of more entries", notes(lambda n: [*n, note([*ENTRIES, b"x"], 7)]), "MISSING_ENTRIES"),
    ("a size changed", raw(C, lambda b: b.replace(b"\n6\n", b"\n7\n")), "BAD_SIGNATURE"),
    ("a witness missing", notes(lambda n: [*n[:-1], note(ENTRIES, 6, signers=BY_LOG)]), "MISSING_SIGNATURE"),
    (
        "a witness missing in an older one",
        notes(lambda n: [note(ENTRIES, 1, signers=BY_LOG), *n[1:]]),
        "MISSING_SIGNATURE",
    ),
    (
        "a stranger for the witness",
        notes(lambda n: [*n[:-1], note(ENTRIES, 6, signers=[*BY_LOG, (SEEN_BY, OTHER)])]),
        "UNKNOWN_SIGNER",
    ),
    (
        "a stranger beside the witness",
        notes(lambda n: [*n[:-1], note(ENTRIES, 6, signers=[*SIGNERS, ("other.example", OTHER)])]),
        "UNKNOWN_SIGNER",
    ),
    (
        "a signature twice",
        notes(lambda n: [*n[:-1], n[-1] + n[-1].split("\n")[-2] + "\n"]),
        "REPEATED_SIGNATURE",
    ),
    ("another origin", notes(lambda n: [*n[:-1], note(ENTRIES, 6, "other")]), "WRONG_ORIGIN"),
    ("a separator at the end", raw(C, lambda b: b + b"=====\n"), "BAD_NOTE"),
    ("a separator at the start", raw(C, lambda b: b"=====\n" + b), "BAD_NOTE"),
    ("a separator twice", raw(C, lambda b: b.replace(b"=====\n", b"=====\n=====\n", 1)), "BAD_NOTE"),
    ("a longer separator", raw(C, lambda b: b.replace(b"=====\n", b"======\n", 1)), "BAD_CHECKPOINT"),
    ("carriage returns in checkpoints", raw(C, lambda b: b.replace(b"\n", b"\r\n")), "BAD_NOTE"),
    ("checkpoints without a final newline", raw(C, lambda b: b[:-1]), "BAD_NOTE"),
    ("checkpoints in another alphabet", raw(C, lambda b: b.replace("—".encode(), b"\xff", 1)), "BAD_NOTE"),
    ("a checkpoint without end", raw(C, lambda b: b + b"x" * 50_000_000), "BAD_NOTE"),
    # keys
    ("another ledger's name", keys(lambda k: k.update(ledger="mentor-2")), "WRONG_LEDGER"),
    ("another origin asked for", keys(lambda k: k.update(origin="other")), "WRONG_ORIGIN"),
    ("nobody required", keys(lambda k: k.update(require=[])), "BAD_KEYS"),
    ("the witness no longer required", keys(lambda k: k["require"].pop()), "BAD_KEYS"),
    ("a name required that has no key", keys(lambda k: k["require"].append("x")), "BAD_KEYS"),
    ("the witness forgotten", keys(lambda k: (k["require"].pop(), k["vkeys"].pop())), "UNKNOWN_SIGNER"),
    ("another key for the witness", keys(lambda k: k["vkeys"].__setitem__(1, OTHER_KEY)), "UNKNOWN_SIGNER"),
    ("a key twice in the list", keys(lambda k: k["vkeys"].append(k["vkeys"][0])), "BAD_KEYS"),
    ("a key that is none", keys(lambda k: k["vkeys"].__setitem__(0, "x")), "BAD_VKEY"),
    (
        "a key with another hash",
        keys(
            lambda k: k["vkeys"].__setitem__(
                0, k["vkeys"][0].replace(k["vkeys"][0].split("+")[1], "00000000")
            )
        ),
        "BAD_VKEY",
    ),
    ("keys as one text", keys(lambda k: k.update(vkeys="x")), "BAD_KEYS"),
    ("a number for the ledger", keys(lambda k: k.update(ledger=1)), "BAD_KEYS"),
    ("no origin", keys(lambda k: k.pop("origin")), "BAD_KEYS"),
    ("a word more", keys(lambda k: k.update(note="x")), "BAD_KEYS"),
    ("a member twice", raw(K, lambda b: b.replace(b'{"', b'{"ledger":"mentor-2","', 1)), "BAD_KEYS"),
    ("no JSON", raw(K, lambda _: b"x"), "BAD_KEYS"),
    ("too large", raw(K, lambda b: b + b" " * 100_000), "BAD_KEYS"),
]


@pytest.mark.parametrize(("tamper", "code"), [pytest.param(*case[1:], id=case[0]) for case in TAMPERED])
def test_a_tampered_export_is_refused_with_its_code(tamper: Tamper, code: str, tmp_path: Path) -> None:
    folder = honest(tmp_path / "export")
    tamper(folder)
    started = time.process_time()
    tracemalloc.start()

    report = verify(folder)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (report.valid, report.code) == (False, code)
    assert report.sentence
    assert time.process_time() - started < 2
    assert peak < 8_000_000


def test_there_are_more_than_25_tamperings() -> None:
    assert len({name for name, _, _ in TAMPERED}) == len(TAMPERED) >= 25


def test_the_untouched_export_is_valid(tmp_path: Path) -> None:
    report = verify(honest(tmp_path / "export"))

    assert report.valid
    assert (report.entries, report.checkpoints, report.unread) == (6, 3, ())
    assert report.signers == tuple(str(key) for key in KEYS.vkeys)
    assert report.as_json()["valid"] is True
    assert "6 entries of mentor-1" in report.sentence


@settings(max_examples=400, deadline=None)
@given(
    name=st.sampled_from([E, C]),
    how=st.sampled_from(["put", "add", "drop"]),
    at=st.integers(0, 10_000),
    byte=st.integers(0, 255),
)
def test_any_single_byte_is_noticed(name: str, how: str, at: int, byte: int) -> None:
    with TemporaryDirectory() as place:
        folder = honest(Path(place))
        data = (folder / name).read_bytes()
        at %= len(data)
        head, tail = data[:at], data[at + 1 :]
        forged = {
            "put": head + bytes([byte]) + tail,
            "add": head + bytes([byte]) + data[at:],
            "drop": head + tail,
        }
        if forged[how] == data:
            return
        (folder / name).write_bytes(forged[how])

        assert not verify(folder).valid


@settings(max_examples=100, deadline=None)
@given(order=st.permutations(range(len(ENTRIES))), length=st.integers(0, len(ENTRIES)))
def test_any_other_order_or_choice_of_entries_is_noticed(order: list[int], length: int) -> None:
    chosen = [ENTRIES[place] for place in order[:length]]
    with TemporaryDirectory() as place:
        folder = export(Path(place), chosen, NOTES)

        assert verify(folder).valid == (chosen == ENTRIES)
