"""Texts on their own for the guard: trigger words without an attack, ordinary ones, attacks."""

from collections.abc import Mapping
from importlib.resources import files

import yaml

TEXTS: Mapping[str, list[str]] = yaml.safe_load(
    (files("jobtwin.evals") / "texts.yaml").read_text(encoding="utf-8")
)
