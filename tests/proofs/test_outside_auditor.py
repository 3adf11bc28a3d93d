"""Somebody else's implementation accepts what is honest and refuses what our own verifier refuses."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proofs.auditor import accepts, included, tree
from tests.proofs.book import ENTRIES, NOTES, export, honest
from tests.proofs.test_ledgers import TAMPERED

ONE_SPELLING = {"a key twice in the list", "a member twice", "too large"}
"""Of keys.json, where only our verifier insists on one spelling: they change nothing of what is signed."""


def test_the_auditor_accepts_the_honest_export_and_what_was_kept(tmp_path: Path) -> None:
    folder = honest(tmp_path)
    assert accepts(folder)
    assert all(accepts(folder, kept) for kept in NOTES)


def test_the_auditor_sees_a_rewritten_history_by_what_was_kept(tmp_path: Path) -> None:
    rewritten = [ENTRIES[0], ENTRIES[1].replace(b'"0.15"', b'"0.95"'), *ENTRIES[2:]]
    folder = export(tmp_path, rewritten)
    assert accepts(folder)
    assert not accepts(folder, NOTES[1])


@pytest.mark.parametrize(
    "tamper", [pytest.param(case[1], id=case[0]) for case in TAMPERED if case[0] not in ONE_SPELLING]
)
def test_the_auditor_refuses_every_tampering_too(tamper: Callable[[Path], object], tmp_path: Path) -> None:
    folder = honest(tmp_path)
    tamper(folder)
    assert not accepts(folder)


def test_the_auditor_follows_our_inclusion_proofs() -> None:
    from jobtwin.proofs import merkle

    store = merkle.MemoryNodes()
    for at, entry in enumerate(ENTRIES):
        store.add(merkle.append(store, at, entry))
    for size in range(1, len(ENTRIES) + 1):
        for seq in range(size):
            path = merkle.inclusion_proof(store, seq, size)
            assert included(ENTRIES[seq], seq, size, path) == tree(ENTRIES[:size])


def test_the_lines_of_the_auditors_page_run_as_they_stand(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/auditing.md").read_text()
    code = page.split("```python\n")[1].split("```")[0]
    folder = honest(tmp_path)

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    assert run().stdout.startswith("6 entries stand as 3 checkpoints say")
    data = (folder / "entries.jsonl").read_bytes()
    (folder / "entries.jsonl").write_bytes(data.replace(b'"0.25"', b'"0.95"'))
    assert run().returncode == 1
