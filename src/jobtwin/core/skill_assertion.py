"""Skill assertions: what a passing learner is said to be able to do, never above a skill's ceiling."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from jobtwin.core.brief import Brief
from jobtwin.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class SkillAssertion:
    """A skill with its asserted weight, 0 < weight <= ceiling, in steps of 0.01."""

    skill: str
    title: str
    weight: Decimal
    ceiling: Decimal


def parse_assertions(brief: Brief, raw: Mapping[str, str | Decimal]) -> tuple[SkillAssertion, ...]:
    """Assertions in the order of the brief. Raises BadInput for what the brief does not allow."""
    unknown = sorted(set(raw) - {skill.id for skill in brief.skills})
    if unknown:
        raise BadInput(f"the brief does not offer the skill {', '.join(unknown)}")
    return tuple(
        SkillAssertion(skill.id, skill.title, _weight(raw[skill.id], skill.ceiling), skill.ceiling)
        for skill in brief.skills
        if skill.id in raw
    )


def _weight(raw: str | Decimal, ceiling: Decimal) -> Decimal:
    try:
        weight = Decimal(raw)
        stepped = weight.quantize(Decimal("0.01"))
    except (InvalidOperation, TypeError, ValueError) as error:
        raise BadInput(f"not a weight: {str(raw)[:20]!r}") from error
    if not weight.is_finite() or stepped != weight or not 0 < weight <= ceiling:
        raise BadInput(f"a weight is above 0 and at most {ceiling}, in steps of 0.01: {str(raw)[:20]!r}")
    return stepped
