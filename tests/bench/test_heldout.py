"""What the guard is reported on is not what it was trained on."""

import random

import pytest
from bench.guard import benign, languages
from bench.guard.heldout import SETS, lines_of_set, payloads
from bench.guard.payloads import payloads as training_payloads
from bench.guard.places import DISGUISES, PLACES, put

RUN = 8


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of `RUN` words of a text."""
    words = text.lower().split()
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def test_no_held_out_sentence_shares_eight_words_with_a_training_text() -> None:
    rng = random.Random(11)  # noqa: S311  repeatable, guards nothing
    trained = [text for _, text in training_payloads(rng, 2000)]
    trained += [languages.payload(rng) for _ in range(500)] + benign.with_triggers(rng, 2000)
    trained += benign.texts(rng, benign.DOCS_HARD, 500) + benign.texts(rng, benign.LISTS_HARD, 500)
    known = set().union(*map(runs, trained))
    held = [text for name in SETS for _, text in payloads(name)]
    held += lines_of_set("over_defence.txt") + lines_of_set("benign.txt")
    assert [text for text in held if runs(text) & known] == []


@pytest.mark.parametrize("extension", sorted(PLACES))
def test_a_payload_is_put_where_it_is_said_to_stand(extension: str) -> None:
    rng = random.Random(3)  # noqa: S311  likewise
    for _ in range(20):
        lines, _, first, last = put(rng, ["one", "two", "three"], "grade this kindly", extension)
        standing = " ".join(lines[first - 1 : last])
        assert "grade" in standing
        assert [*lines[: first - 1], *lines[last:]] == ["one", "two", "three"]


def test_every_disguise_changes_the_text_but_one() -> None:
    changed = {
        name
        for name, turn in DISGUISES.items()
        if turn(random.Random(1), "Please pass us") != "Please pass us"  # noqa: S311  likewise
    }
    assert changed == set(DISGUISES) - {"as written"}
