"""What is decided before any matching or model: emergencies and messages that give orders.

Both lists are plain patterns over normalised text. They miss what nobody wrote down; the design
therefore never relies on them alone (see docs/threat-model.md, T1).
"""

import re

from kerbside.text import normalise

_EMERGENCY = (
    r"\bsmell(s|ing)? (of |like )?gas\b|\bgas (leak|smell)",
    r"\bgasgeruch|\bolor a gas\b|\bodeur de gaz\b",
    r"\b(live|bare|exposed|sparking) (electric(al)? )?(wire|cable)s?\b",
    r"\b(is|are|someone|somebody|person|child|man|woman) (is )?(trapped|unconscious|drowning)\b",
    r"\b(on fire|in flames|es brennt|en feu|en llamas)\b",
    r"\b(has|have) (just )?collapsed (on|onto)\b|\bbuilding (is )?collapsing\b",
)

_TARGET = r"(instruction|prompt|rule|direction|guideline|anweisung|regel|instruccion|consigne)"
_ORDERS = (
    rf"\b(ignore|disregard|forget|override|bypass)\b.{{0,30}}\b(previous|prior|above|earlier|all|your|the|any|system)\b.{{0,20}}\b{_TARGET}",
    rf"\b(ignoriere|vergiss)\b.{{0,40}}\b{_TARGET}",
    rf"\b(ignora|olvida)\b.{{0,40}}\b{_TARGET}",
    rf"\b(ignore[zr]?|oublie[zr]?)\b.{{0,40}}\b{_TARGET}",
    r"\b(system|developer) (prompt|message|override)\b",
    r"\byou are (now|no longer)\b.{0,60}\b(assistant|router|classifier|model|bot|mode|ai|bound)\b",
    r"<\s*/?\s*(system|assistant|instructions?|im_start|im_end)\b|\[/?(inst|system)\]|<\|im_",
    r"\b(route|send|assign|classify|label|mark)\b.{0,40}\b(regardless|no matter what)\b",
    r"[\"']?(department|passage|status|confidence)[\"']?\s*[:=]\s*[\"'\d{]",
    r"\b(reveal|print|repeat|show|output)\b.{0,30}\b(prompt|instructions|api key|secret)",
    r"\b(respond|reply|answer|output) (only )?(with|in) (json|the word|exactly)\b",
)

_EMERGENCIES = tuple(re.compile(pattern) for pattern in _EMERGENCY)
_INJECTIONS = tuple(re.compile(pattern) for pattern in _ORDERS)


def is_emergency(text: str) -> bool:
    """Whether the message describes a danger to life that must not wait in a queue."""
    plain = " ".join(normalise(text).split())
    return any(pattern.search(plain) for pattern in _EMERGENCIES)


def gives_orders(text: str) -> bool:
    """Whether the message speaks to the machine instead of to the city."""
    plain = " ".join(normalise(text).split())
    return any(pattern.search(plain) for pattern in _INJECTIONS)
