"""The security review: every row names what shows it, and what it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security-review.md").read_text()
PATH = re.compile(r"`((?:tests|deploy|requirements)/[\w./-]+)`")


def rows(heading: str) -> list[list[str]]:
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_path_that_is_named_exists() -> None:
    missing = [path for path in PATH.findall(TEXT) if not (ROOT / path).exists()]
    assert not missing


def test_every_row_of_the_threat_model_names_tests_that_exist() -> None:
    text = (ROOT / "docs/threat-model.md").read_text()
    threats = [line for line in text.splitlines() if line.startswith("|")][2:]
    for row in threats:
        named = PATH.findall(row.rstrip("| ").rpartition("|")[2])
        assert named, row
        assert not [path for path in named if not (ROOT / path).exists()], row


def test_every_row_of_the_lists_names_a_test() -> None:
    for heading in ("OWASP Top 10 for LLM applications", "ASVS level 2"):
        assert all(PATH.search(row[-1]) for row in rows(heading)), heading


def test_every_boundary_answers_all_of_stride() -> None:
    found = rows("STRIDE a boundary")
    assert [row[0] for row in found] == [row[0].split()[0] for row in rows("Data flow")]
    assert all(len(row) == 7 and all(PATH.search(cell) for cell in row[1:]) for row in found)


def test_the_ten_risks_of_language_models_are_there_and_each_residual_risk_has_an_owner() -> None:
    risks = [row[0].split()[0] for row in rows("OWASP Top 10 for LLM applications")]
    assert risks == [f"LLM{number:02}" for number in range(1, 11)]
    assert all(len(row) == 3 and row[2] for row in rows("Residual risks"))
