"""Fingerprints: a copy is found under other names and in another place, and ordinary code is not."""

import random

from jobtwin.review.files import Files
from jobtwin.review.originality.prints import CODE_SPAN, MAX_PRINTS, WINDOW, prints_of, winnowed
from jobtwin.review.originality.shared import places_of
from jobtwin.review.originality.tokens import tokens_of
from tests.review.trees import HONEST, SERVICE, tree

OWN = """
def settle(orders, fee):
    total = 0
    for order in orders:
        if order.open and order.amount > fee:
            total += order.amount - fee
        elif order.late:
            total -= min(order.amount, 2 * fee)
        else:
            order.state = "closed"
    while total > 1000 and orders:
        last = orders.pop()
        total -= last.amount if last.open else 0
    return round(total, 2), [one.id for one in orders if one.state != "closed"]
"""
_NAMES = {"settle": "balance", "orders": "rows", "order": "row", "total": "sum_"}
RENAMED = OWN
for _old, _new in _NAMES.items():
    RENAMED = RENAMED.replace(_old, _new)


def hashes(files: dict[str, str | bytes]) -> set[int]:
    return {one.hash for one in prints_of(Files(tree(files)))}


def test_a_copy_under_other_names_and_in_another_file_shares_fingerprints() -> None:
    mine, theirs = hashes({"a.py": SERVICE + OWN}), hashes({"src/b.py": "# moved\n\n" + RENAMED})
    assert len(mine & theirs) >= 3


def test_different_code_shares_none() -> None:
    assert not hashes({"a.py": OWN}) & hashes({"a.py": SERVICE})


def test_comments_and_lock_files_carry_no_fingerprint() -> None:
    talk = "".join(f"# {word} is a word of a comment in this file here\n" for word in SERVICE.split())
    assert hashes({"a.py": talk, "poetry.lock": OWN, "data.csv": OWN * 9}) == set()


def test_every_copy_of_enough_tokens_is_seen() -> None:
    tokens = tokens_of("a.py", OWN.splitlines())
    piece = tokens[20 : 20 + CODE_SPAN + WINDOW - 1]
    whole = {value for value, _, _ in winnowed(tokens, CODE_SPAN)}
    assert {value for value, _, _ in winnowed(piece, CODE_SPAN)} & whole


def test_prose_is_compared_by_its_words() -> None:
    said = HONEST["README.md"].decode()
    assert hashes({"README.md": said}) & hashes({"docs/x.md": said.upper()})


def test_a_huge_tree_keeps_the_same_fingerprints_in_every_copy() -> None:
    letters = random.Random(1)  # noqa: S311  repeatable, guards nothing
    many: dict[str, str | bytes] = {
        f"{n}.md": " ".join("".join(letters.choices("abcdefgh", k=4)) for _ in range(600)) for n in range(120)
    }
    kept = hashes(many)
    assert len(kept) == MAX_PRINTS
    assert kept == hashes(dict(reversed(many.items())))


def test_shared_lines_stand_side_by_side() -> None:
    mine, theirs = Files(tree({"a.py": "import os\n" + OWN})), Files(tree({"b.py": RENAMED}))
    unusual = {one.hash for one in prints_of(mine)}
    (place,) = places_of((mine, prints_of(mine)), (theirs, prints_of(theirs)), unusual)
    assert (place.mine.path, place.theirs.path) == ("a.py", "b.py")
    assert "for order in orders" in place.mine_text
    assert "for row in rows" in place.theirs_text
    assert place.as_json()["first"] == place.as_json(turned=True)["second"]
