"""Learning platforms as operators and launches look at them."""

from uuid import UUID

from django.db.models import QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.store.models import BriefVersion, LtiGrade, LtiPlatform, Offer, Person, Programme, Role
from jobtwin.store.queries.programme import programmes_with

NEWEST_GRADES = 50


def platforms_of(operator: Person) -> QuerySet[LtiPlatform]:
    """The platforms of the operator's programmes."""
    own = programmes_with(operator, Role.OPERATOR).order_by()
    return LtiPlatform.objects.filter(programme__in=own).select_related("programme")


def operated_platform(operator: Person, platform_id: UUID) -> LtiPlatform:
    """One of them. Raises NotFound for any other."""
    found = platforms_of(operator).filter(pk=platform_id).first()
    if found is None:
        raise NotFound("there is no such platform of yours")
    return found


def newest_grades(platform: LtiPlatform) -> QuerySet[LtiGrade]:
    """The newest scores that went, or are to go, to a platform; nobody is named."""
    rows = LtiGrade.objects.filter(placement__user__platform=platform)
    return rows.order_by("-decided_at", "pk")[:NEWEST_GRADES]


def offered_in(programme: Programme) -> list[BriefVersion]:
    """The newest standing version of each exam that a programme offers."""
    rows = Offer.objects.filter(
        programme=programme, withdrawn_at__isnull=True, brief_version__retired_at__isnull=True
    ).select_related("brief_version")
    newest: dict[str, BriefVersion] = {}
    for offer in rows.order_by("brief_version__brief_id", "brief_version__version"):
        newest[offer.brief_version.brief_id] = offer.brief_version
    return list(newest.values())


def launched_offer(programme: Programme, brief_id: str) -> BriefVersion:
    """The offer of this exam. Raises NotFound where there is none."""
    for version in offered_in(programme):
        if version.brief_id == brief_id:
            return version
    raise NotFound("this programme does not offer that exam")
