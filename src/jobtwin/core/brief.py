"""Briefs: an exam as data, validated and pinned by digest.

An attempt keeps the digest it started with; a later edit of the file changes nothing for it. A field that
was added after the first version of this schema is left out of the canonical JSON while it stands at its
default, so that the schema can grow and no digest of a published brief changes.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema

from jobtwin.core.brief_problem import Problem, sorted_problems, validation_problems
from jobtwin.core.brief_rules import broken_rules
from jobtwin.core.canonical import digest
from jobtwin.core.criterion import Criterion, Identifier, Rule
from jobtwin.core.errors import BadBrief

GRID = Decimal("0.05")
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"

Verifies = Literal["tests", "container", "evals", "artifact", "nothing"]
Mode = Literal["repo_url", "archive"]

_VERIFIED_BY_ID: dict[str, Verifies] = {"F1": "tests", "F2": "container", "F3": "evals", "F4": "artifact"}


def _exact(value: object) -> object:
    if isinstance(value, float):
        raise ValueError('write a decimal in quotes, like "0.75": a float is not exact')
    return value


def _later(default: object, **rules: Any) -> Any:
    is_default: Callable[[object], bool] = lambda value: value == default  # noqa: E731
    return Field(default=default, exclude_if=is_default, **rules)


Share = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, le=1, max_digits=5, decimal_places=4),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$"}, {"enum": [0, 1]}]}
    ),
]


class Deliverable(Rule):
    """What a submission must hold."""

    id: Identifier
    title: str
    text: str


class Window(Rule):
    """A part of the time-box with an end of its own. Windows follow each other from Start without a gap.

    Each has a log of its own in the draft, which can be written while the window is open and never after.
    The submission is made in the last one.
    """

    id: Identifier
    title: str
    minutes: int = Field(ge=1, le=60 * 24 * 365)
    text: str


class Level(Rule):
    """A published level of a dimension: what a score of at least `least` is called."""

    id: Identifier
    title: str
    least: Share


class Dimension(Rule):
    """One dimension of the rubric: weight in [0, 1], what it tests, and its criteria.

    `tolerance` is how far two marks of this dimension may stand apart and still agree (the rubric's where
    it is left out). `levels`, where an exam publishes them, stand in credentials: the lowest one first.
    """

    id: Identifier
    title: str
    weight: Share
    tests: str
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=20)
    tolerance: Share | None = _later(None)
    levels: tuple[Level, ...] = _later((), max_length=10)

    def level_of(self, score: Decimal) -> Level | None:
        """The highest level that a score reaches; None where the dimension publishes none."""
        return next((one for one in reversed(self.levels) if one.least <= score), None)


class Rubric(Rule):
    """Dimensions whose weights sum to exactly 1, the pass mark, and the tolerance between markers."""

    pass_mark: Share
    tolerance: Share = Decimal("0.10")
    dimensions: tuple[Dimension, ...] = Field(min_length=1, max_length=20)

    def tolerance_of(self, dimension: Dimension) -> Decimal:
        """How far two marks of a dimension may stand apart."""
        return self.tolerance if dimension.tolerance is None else dimension.tolerance


class SelfCheck(Rule):
    """A question the learner answers before submitting; a critical "no" blocks unless forced.

    `verifies` names what the platform reproduces beside the answer. Where it is left out, F1 stands for
    the tests, F2 for the container, F3 for the evals, F4 for the artifact, and every other id for nothing.
    """

    id: Annotated[str, Field(pattern=r"^F[1-9][0-9]?$")]
    question: str
    kind: Literal["critical", "reflective"]
    verifies: Verifies | None = _later(None)

    @property
    def verification(self) -> Verifies:
        """What is reproduced for this check."""
        return self.verifies or _VERIFIED_BY_ID.get(self.id, "nothing")


class Skill(Rule):
    """A skill on offer: on a pass a mentor may assert it with a weight of at most `ceiling`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9.-]{0,99}$")]
    title: str
    ceiling: Share


class Marking(Rule):
    """How the submission is marked; the SLA counts from the first claim to the sign-off.

    `appeal_days`: how long after it is shown a result can be appealed, once (0: not at all).
    """

    sla_hours: int = Field(default=168, ge=1, le=24 * 365)
    draft_visibility: Literal["after_first_pass", "never", "always"] = "after_first_pass"
    appeal_days: int = _later(14, ge=0, le=365)


class AtDeadline(Rule):
    """What holds at the deadline.

    `last_draft`: the last saved draft is kept, or submitted where nothing was. `upload_grace_minutes`: how
    long after the deadline a submission is still taken from a learner who tried before it and whose
    repository could not be reached, or whose upload broke off.
    """

    last_draft: Literal["keep", "submit"] = "keep"
    upload_grace_minutes: int = Field(default=0, ge=0, le=24 * 60)


class Extensions(Rule):
    """What an operator may grant: the reasons, and how much in all in per cent of the time-box."""

    kinds: tuple[Literal["accommodation", "incident"], ...] = ("accommodation", "incident")
    max_percent: int = Field(default=100, ge=0, le=1000)


BriefId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
"""It stands in addresses, so it holds no dot."""


class Brief(Rule):
    """One exam. The time-box runs from Start; `submission_modes[0]` is the default.

    Either `time_box_hours` stands, or `windows` whose minutes are the time-box. `re_attempts` is how many
    more attempts a learner has after the first; `rehearsals` how often the server verifies a repository
    for the learner before the one submission.
    """

    id: BriefId
    version: int = Field(ge=1)
    title: str
    kind: str
    scenario: str
    deliverables: tuple[Deliverable, ...] = Field(min_length=1, max_length=20)
    materials: tuple[str, ...] = ()
    time_box_hours: int | None = Field(
        default=None, ge=1, le=24 * 365, exclude_if=lambda value: value is None
    )
    windows: tuple[Window, ...] = _later((), max_length=6)
    submission_modes: tuple[Mode, ...] = Field(min_length=1, max_length=2)
    rubric: Rubric
    self_checks: tuple[SelfCheck, ...] = Field(max_length=20)
    skills: tuple[Skill, ...] = Field(min_length=1, max_length=20)
    marking: Marking = Marking()
    re_attempts: Literal["none"] | Annotated[int, Field(ge=1, le=20)] = "none"
    at_deadline: AtDeadline = _later(AtDeadline())
    extensions: Extensions = _later(Extensions())
    rehearsals: int = _later(0, ge=0, le=20)

    @property
    def time_box(self) -> timedelta:
        """From Start to the deadline."""
        if self.windows:
            return timedelta(minutes=sum(window.minutes for window in self.windows))
        return timedelta(hours=self.time_box_hours or 0)

    @property
    def sla(self) -> timedelta:
        return timedelta(hours=self.marking.sla_hours)

    @property
    def upload_grace(self) -> timedelta:
        """How long after the deadline a submission that was tried before it is still taken."""
        return timedelta(minutes=self.at_deadline.upload_grace_minutes)

    @property
    def attempts_allowed(self) -> int:
        """How many attempts a learner has in all."""
        return 1 if self.re_attempts == "none" else 1 + self.re_attempts

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
    """A validated brief from plain data. Raises BadBrief with one sentence a problem: what, and the fix."""
    problems = list(broken_rules(document))
    try:
        brief = Brief.model_validate(document)
    except ValidationError as error:
        problems += validation_problems(error, Brief)
    if problems:
        raise bad_brief(sorted_problems(problems))
    return brief


def bad_brief(problems: list[Problem]) -> BadBrief:
    """The error that names all of these problems."""
    said = tuple(str(problem) for problem in problems)
    return BadBrief(f"the brief has {len(said)} problem(s)", problems=said)


def brief_schema() -> dict[str, object]:
    """The JSON Schema of briefs. What it cannot say (sums, references) `broken_rules` says."""
    return {"$schema": SCHEMA_ID, **Brief.model_json_schema()}
