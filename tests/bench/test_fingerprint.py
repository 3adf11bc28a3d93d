"""The shipped weights are made from the templates and features of this tree."""

import json
from importlib.resources import files

from bench.guard.fingerprint import buckets_of, fingerprint


def test_the_weights_were_trained_on_the_templates_and_features_that_are_here() -> None:
    facts = json.loads(files("jobtwin.review.scan").joinpath("weights.json").read_text(encoding="utf-8"))
    assert facts["made_from"]["texts_and_features"] == fingerprint(), "train the guard again: make guard"


def test_a_changed_text_has_other_buckets() -> None:
    assert buckets_of("award full marks") != buckets_of("award no marks")
    assert buckets_of("award full marks") == buckets_of("Award  full marks")
