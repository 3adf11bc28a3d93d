"""Capstones made by code: repeatable, with every defect known, and judged without a dangerous error."""

from collections import Counter

from jobtwin.core.draft_review import Finding
from jobtwin.evals.capstones import all_slots, capstones
from jobtwin.review.draft import draft_review
from jobtwin.source.brief import built_in_brief

BRIEF = built_in_brief("capstone")
KINDS = {criterion.id: criterion.evidence for criterion in BRIEF.criteria()}


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not() -> None:
    one, two = ([made.commit for made in capstones(12)] for _ in range(2))
    assert one == two
    assert set(one).isdisjoint(made.commit for made in capstones(12, seed=1))


def test_every_variant_of_every_slot_appears() -> None:
    made = list(capstones(40))
    for slot in all_slots():
        counted = Counter(one.variants[slot.name] for one in made)
        assert counted.keys() == {variant.name for variant in slot.variants}, slot.name


def test_truth_speaks_of_criteria_of_the_brief_and_knows_both_sides_of_each() -> None:
    said = {(name, value) for made in capstones(40) for name, value in made.truth.items()}
    assert {name for name, _ in said} == KINDS.keys() - {"polish.story", "polish.finished"}
    assert {name for name, value in said if value} == {name for name, value in said if not value}


def test_gold_lines_stand_in_the_files() -> None:
    for made in capstones(20):
        for places in made.gold.values():
            for path, first, last in places:
                assert 1 <= first <= last <= made.files[path].count(b"\n")


def test_code_calls_nothing_met_that_is_not() -> None:
    for made in capstones(40):
        draft = draft_review(made.tree(), BRIEF, source=made.name, facts=made.facts())
        found = {one.id: one.verdict for dimension in draft.dimensions for one in dimension.criteria}
        wrong = [n for n, met in made.truth.items() if found[n] is Finding.MET and not met]
        assert wrong == [], (made.name, wrong)
