"""Payload classes: what an attack says."""

import base64
from collections.abc import Mapping
from importlib.resources import files

import yaml

MARK = "Kestrel-41"
"""A word of every payload by which a made model knows that an attack has reached it."""
HARMLESS = "harmless"


def _texts() -> dict[str, str]:
    text = (files("jobtwin.evals.attacks") / "payloads.yaml").read_text(encoding="utf-8")
    return {name: str(said).replace("@mark@", MARK) for name, said in yaml.safe_load(text).items()}


_TEXTS = _texts()
BENIGN = _TEXTS[HARMLESS]
"""A text of about the same length that steers nobody: what it moves is clean drift."""
PAYLOADS: Mapping[str, str] = {
    **{name: text for name, text in _TEXTS.items() if name != HARMLESS},
    "base64": base64.b64encode(_TEXTS["addressed to graders"].encode()).decode(),
}
"""Text by class."""
