"""The table of faults: a row takes the place of the former one of its fault, and says what went wrong."""

from bench.faults.__main__ import FAULTS, HEAD, with_row
from bench.faults.judge import Row

from tests.docs.test_docs import ROOT

PAGE = f"# Faults\n\n{HEAD}\n| clock | old | 1 | 0 | 0 | 0 | 0 | as it should |\n\nAfter.\n"


def test_a_row_replaces_the_one_of_its_fault_and_no_other() -> None:
    once = with_row(PAGE, Row("clock", "new", 2, 0, 0, 0, 0))
    assert once == PAGE.replace("old | 1", "new | 2")
    twice = with_row(once, Row("disk", "full", 3, 0, 0, 0, 3))
    assert twice == once.replace("\n\nAfter", "\n| disk | full | 3 | 0 | 0 | 0 | 3 | as it should |\n\nAfter")


def test_a_row_is_good_only_where_nothing_is_lost_twice_or_blamed() -> None:
    assert Row("f", "w", 1, 0, 0, 0, 1).good
    for bad in (Row("f", "w", 1, 1, 0, 0, 0), Row("f", "w", 1, 0, 1, 0, 0), Row("f", "w", 1, 0, 0, 1, 0)):
        assert not bad.good
        assert "not as it should" in bad.line()
    assert Row("f", "w", 1, 0, 0, 0, 0, "jobs failed: x").line().endswith("| jobs failed: x |")


def test_the_page_holds_a_row_of_every_fault() -> None:
    page = (ROOT / "docs/faults.md").read_text()
    _, _, table = page.partition(HEAD)
    rows = [line for line in table.lstrip("\n").split("\n\n")[0].splitlines() if line.startswith("|")]
    assert len(rows) == len(FAULTS)
