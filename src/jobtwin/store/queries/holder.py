"""Holders who want to be found: public, live credentials whose learner asked for a place in the directory."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet

from jobtwin.core.errors import BadInput
from jobtwin.core.statistic import Statistic, share_of
from jobtwin.store import platform
from jobtwin.store.models import BriefVersion, Consent, Credential, Listing, Mark, SkillAssertion

PAGE = 20
AGREEMENT_MARKS = 1000
"""The newest sealed marks of an exam that its agreement is reckoned from."""

_SKILLS = "attempt__submission__decision__skill_assertions"
_PLACE = re.compile(r"([01]\.[0-9]{2}),([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page: the next one begins after it, whatever was added or taken away meanwhile."""

    weight: Decimal
    credential: UUID

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place of an address; None for no text. Raises BadInput."""
        found = _PLACE.fullmatch(text)
        if text and found is None:
            raise BadInput("this is not a place in the directory; begin at its first page")
        return cls(Decimal(found[1]), UUID(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.weight},{self.credential}"


@dataclass(frozen=True, slots=True)
class Holder:
    """One place in the directory: credential, consent, and what was asserted of the skill."""

    credential: Credential
    listing: Listing
    skill: SkillAssertion


@dataclass(frozen=True, slots=True)
class HeldSkill:
    """A skill that somebody in the directory holds, and how many do."""

    id: str
    title: str
    holders: int


def held_skills() -> tuple[HeldSkill, ...]:
    """Every skill of the directory, by its title."""
    attempts = _listed().values("attempt")
    rows = SkillAssertion.objects.filter(decision__submission__attempt__in=attempts).values("skill")
    counted = rows.annotate(name=Max("title"), holders=Count("pk")).order_by("name", "skill")
    return tuple(HeldSkill(one["skill"], one["name"], one["holders"]) for one in counted)


def holders_of(skill: str, *, after: Place | None = None) -> tuple[tuple[Holder, ...], Place | None]:
    """A page of holders, the highest weight first, and where the next page begins (None: it is the last)."""
    rows = _with_all(_listed(), skill).filter(**{f"{_SKILLS}__skill": skill})
    weighed = rows.annotate(weight=F(f"{_SKILLS}__weight"))
    if after is not None:
        weighed = weighed.filter(Q(weight__lt=after.weight) | Q(weight=after.weight, pk__gt=after.credential))
    found = list(weighed.order_by("-weight", "pk")[: PAGE + 1])
    shown = tuple(_holder(one) for one in found[:PAGE])
    last = shown[-1] if len(found) > PAGE else None
    return shown, Place(last.skill.weight, last.credential.pk) if last else None


def agreement_of(version: BriefVersion) -> Statistic:
    """How often the first two mentors of an exam were within its tolerance, a dimension, before they spoke.

    Hidden below the least number of dimensions marked twice (`core.statistic`).
    """
    marks = Mark.objects.filter(
        submission__attempt__brief_id=version.brief_id, sealed_at__isnull=False, seat__in=(1, 2)
    )
    newest = marks.order_by("-sealed_at").values_list("submission_id", "scores")[:AGREEMENT_MARKS]
    rubric = version.brief.rubric
    tolerance = {one.id: rubric.tolerance_of(one) for one in rubric.dimensions}
    pairs = {place: scores for place, scores in _scores(newest).items() if len(scores) == 2}
    within = sum(
        abs(one - other) <= tolerance.get(dimension, rubric.tolerance)
        for (_, dimension), (one, other) in pairs.items()
    )
    return share_of(float(within), len(pairs))


def _listed() -> QuerySet[Credential]:
    """Live credentials with both consents that no compromised key signed."""
    standing = {"attempt": OuterRef("attempt"), "withdrawn_at__isnull": True}
    did = platform.issuer().did
    lost = [f"{did}#{one.id}" for one in platform.keys().list() if one.revoked]
    live = Credential.objects.filter(
        Exists(Consent.objects.filter(**standing)),
        Exists(Listing.objects.filter(**standing)),
        revoked_at__isnull=True,
        suspended_at__isnull=True,
    )
    return live.exclude(document__proof__0__verificationMethod__in=lost)


def _with_all(rows: QuerySet[Credential], skill: str) -> QuerySet[Credential]:
    """With everything that a row shows, in a fixed number of queries."""
    listings = Listing.objects.filter(withdrawn_at__isnull=True)
    asserted = SkillAssertion.objects.filter(skill=skill)
    return rows.select_related("attempt__brief_version", "attempt__submission__decision").prefetch_related(
        Prefetch("attempt__listings", listings),
        Prefetch("attempt__submission__decision__skill_assertions", asserted),
        "attempt__submission__checks",
    )


def _holder(credential: Credential) -> Holder:
    attempt = credential.attempt
    skills = attempt.submission.decision.skill_assertions.all()
    return Holder(credential, attempt.listings.all()[0], skills[0])


def _scores(marks: Iterable[tuple[UUID, Mapping[str, str]]]) -> dict[tuple[UUID, str], list[Decimal]]:
    """The scores that every dimension of a submission was given."""
    rows: dict[tuple[UUID, str], list[Decimal]] = {}
    for submission, scores in marks:
        for dimension, score in scores.items():
            rows.setdefault((submission, dimension), []).append(Decimal(score))
    return rows
