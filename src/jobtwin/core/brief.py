"""Briefs: an exam as data, validated and pinned by digest.

An attempt keeps the digest it started with; a later edit of the file changes nothing for it.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from jobtwin.core.canonical import digest
from jobtwin.core.criterion import Criterion, Identifier, Rule
from jobtwin.core.errors import BadBrief

GRID = Decimal("0.05")


def _exact(value: object) -> object:
    if isinstance(value, float):
        raise ValueError('write a decimal in quotes, like "0.75": a float is not exact')
    return value


Share = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=1, max_digits=5, decimal_places=4)]


class Deliverable(Rule):
    """What a submission must hold."""

    id: Identifier
    title: str
    text: str


class Dimension(Rule):
    """One dimension of the rubric: weight in [0, 1], what it tests, and its criteria."""

    id: Identifier
    title: str
    weight: Share
    tests: str
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=20)


class Rubric(Rule):
    """Dimensions whose weights sum to exactly 1, the pass mark, and the tolerance between markers."""

    pass_mark: Share
    tolerance: Share = Decimal("0.10")
    dimensions: tuple[Dimension, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _weights_sum_to_one(self) -> Self:
        total = sum((dimension.weight for dimension in self.dimensions), Decimal(0))
        if total != 1:
            raise ValueError(f"the weights of the dimensions sum to {total}, not 1")
        _refuse_repeated("dimension", [dimension.id for dimension in self.dimensions])
        _refuse_repeated("criterion", [c.id for d in self.dimensions for c in d.criteria])
        return self


class SelfCheck(Rule):
    """A question the learner answers before submitting; a critical "no" blocks unless forced."""

    id: Annotated[str, Field(pattern=r"^F[1-9][0-9]?$")]
    question: str
    kind: Literal["critical", "reflective"]


class Skill(Rule):
    """A skill on offer: on a pass a mentor may assert it with a weight of at most `ceiling`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9.-]{0,99}$")]
    title: str
    ceiling: Share


class Marking(Rule):
    """How the submission is marked."""

    sla_hours: int = Field(default=168, ge=1, le=24 * 365)
    draft_visibility: Literal["after_first_pass", "never", "always"] = "after_first_pass"


class Brief(Rule):
    """One exam. `time_box_hours` runs from Start; `submission_modes[0]` is the default."""

    id: Identifier
    version: int = Field(ge=1)
    title: str
    kind: str
    scenario: str
    deliverables: tuple[Deliverable, ...] = Field(min_length=1, max_length=20)
    materials: tuple[str, ...] = ()
    time_box_hours: int = Field(ge=1, le=24 * 365)
    submission_modes: tuple[Literal["repo_url"], ...] = Field(min_length=1)
    rubric: Rubric
    self_checks: tuple[SelfCheck, ...] = Field(max_length=20)
    skills: tuple[Skill, ...] = Field(min_length=1, max_length=20)
    marking: Marking = Marking()
    re_attempts: Literal["none"] = "none"

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        _refuse_repeated("self-check", [check.id for check in self.self_checks])
        _refuse_repeated("skill", [skill.id for skill in self.skills])
        known = {check.id for check in self.self_checks}
        for criterion in self.criteria():
            if criterion.check is not None and criterion.check not in known:
                raise ValueError(f"criterion {criterion.id} names the unknown check {criterion.check}")
        return self

    @property
    def time_box(self) -> timedelta:
        return timedelta(hours=self.time_box_hours)

    @property
    def sla(self) -> timedelta:
        return timedelta(hours=self.marking.sla_hours)

    @property
    def digest(self) -> str:
        """`sha256:...` over the canonical JSON of the validated brief: what an attempt is pinned to."""
        return digest(self.as_json())

    def as_json(self) -> dict[str, object]:
        """The validated brief as plain JSON, decimals as text; `parse_brief` reads it back."""
        document: dict[str, object] = self.model_dump(mode="json")
        return document

    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the order of the rubric."""
        return tuple(c for dimension in self.rubric.dimensions for c in dimension.criteria)

    def skill(self, skill_id: str) -> Skill | None:
        """The skill of that id, or None where the brief does not offer it."""
        return next((skill for skill in self.skills if skill.id == skill_id), None)


def parse_brief(document: object) -> Brief:
    """A validated brief from plain data. Raises BadBrief with one sentence a problem."""
    try:
        return Brief.model_validate(document)
    except ValidationError as error:
        problems = tuple(
            f"{'.'.join(map(str, problem['loc'])) or 'brief'}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        )
        raise BadBrief(f"the brief has {len(problems)} problem(s)", problems=problems) from error


def _refuse_repeated(what: str, ids: list[str]) -> None:
    repeated = sorted({one for one in ids if ids.count(one) > 1})
    if repeated:
        raise ValueError(f"{what} ids stand twice: {', '.join(repeated)}")
