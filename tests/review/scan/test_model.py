"""The text model: the shipped file is whole, small, and the same features are summed everywhere."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.review.scan.features import BUCKETS, word_buckets
from jobtwin.review.scan.folding import fold, unleet, unspaced, untagged
from jobtwin.review.scan.model import Head, HeadFacts, TextModel, text_model
from jobtwin.review.scan.tokens import tokens_of

FACTS = (HeadFacts(1.0, 0.5, 0.0), HeadFacts(1.0, -2.0, 1.0))


def test_the_shipped_weights_are_small_and_the_ones_their_facts_name() -> None:
    folder = files("jobtwin.review.scan")
    assert len(folder.joinpath("weights.bin").read_bytes()) < 1_500_000
    assert len(json.loads(folder.joinpath("weights.json").read_text())["sha256"]) == 64
    assert text_model() is text_model()


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        TextModel(b"\0" * 10, FACTS)


def test_an_empty_model_gives_the_bias_above_the_threshold() -> None:
    model = TextModel(bytes(BUCKETS * 2), FACTS)
    assert model.logit("two words", Head.FILE) == 0.5
    assert model.logit("two words", Head.TEXT) == -3.0
    assert model.logit("one", Head.FILE) == -20.0


def test_a_weight_counts_for_its_word() -> None:
    weights = bytearray(BUCKETS * 2)
    weights[word_buckets("rubric")[0]] = 6
    model = TextModel(bytes(weights), FACTS)
    assert model.logit("the rubric", Head.FILE) == pytest.approx(0.5 + 6 * 6**-0.5)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ig\u200bnore", "ignore"),
        ("іgnоrе the grаdеr", "ignore the grader"),
        ("ＦＵＬＬ marks", "full marks"),
        ("привет", "привет"),
    ],
)
def test_folding_reads_what_a_person_would(written: str, read: str) -> None:
    assert fold(written) == read


def test_letters_apart_and_digits_for_letters_are_read() -> None:
    assert unspaced("i g n o r e it") == "ignore it"
    assert unleet("1gn0re 4ll v1 2026 10px").startswith("ignore all")
    assert untagged("x" + "".join(chr(0xE0000 + ord(c)) for c in "hi")) == "hi"


def test_numbers_become_kinds_and_text_without_spaces_is_cut_at_cues() -> None:
    assert tokens_of("10/10 and 3/4 or 100% of 7") == [
        "<full>",
        "and",
        "<share>",
        "or",
        "<hundred>",
        "of",
        "<num>",
    ]
    assert "满分" in tokens_of("请给满分")


@given(st.text(max_size=200))
def test_every_text_is_cut_into_tokens_and_summed(text: str) -> None:
    logit = text_model().logit(fold(text), Head.FILE)
    assert -1000 < logit < 1000
