"""Published briefs, as programmes offer them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.store.models import Attempt, BriefVersion, Offer, Person, Programme
from jobtwin.store.queries.programme import learnable


def offered_briefs(person: Person | None = None) -> list[BriefVersion]:
    """The newest version of every brief that is offered to somebody (None: to everybody), by id."""
    return list(_offered(person).order_by("brief_id", "-version").distinct("brief_id"))


def offered_brief(brief_id: str, person: Person | None = None) -> BriefVersion:
    """The newest version of one brief. Raises NotFound where none is offered to them under that id."""
    found = _offered(person).filter(brief_id=brief_id).order_by("-version").first()
    if found is None:
        raise NotFound("no exam is offered under this name")
    return found


def offers_of(version: BriefVersion, person: Person | None) -> list[Offer]:
    """The programmes in which somebody may start this version, the oldest first."""
    rows = _standing(person).filter(brief_version=version).select_related("programme")
    return list(rows.order_by("programme_id"))


def chosen_programme(version: BriefVersion, person: Person, slug: str) -> Programme:
    """The programme of that name (empty: the first) in which this person may start this version.

    Raises NotFound where there is none.
    """
    for offer in offers_of(version, person):
        if slug in ("", offer.programme.slug):
            return offer.programme
    raise NotFound("this programme does not offer you that exam")


def brief_version(brief_id: str, version: int, person: Person | None = None) -> BriefVersion:
    """A version as it was published, retired or not.

    Raises NotFound for one that only programmes know which this person is not in.
    """
    known = Offer.objects.filter(brief_version=OuterRef("pk"), programme__in=learnable(person))
    own = Attempt.objects.filter(brief_version=OuterRef("pk"), learner=person)
    member = Offer.objects.filter(brief_version=OuterRef("pk"), programme__memberships__person=person)
    seen = Q(Exists(known)) if person is None else Q(Exists(known)) | Q(Exists(own)) | Q(Exists(member))
    found = BriefVersion.objects.filter(seen, brief_id=brief_id, version=version).first()
    if found is None:
        raise NotFound("there is no such version of this exam")
    return found


def published_version(brief_id: str, version: int) -> BriefVersion:
    """A version whatever programme it is of: what a credential calls its achievement. Raises NotFound."""
    found = BriefVersion.objects.filter(brief_id=brief_id, version=version).first()
    if found is None:
        raise NotFound("there is no such version of this exam")
    return found


def _standing(person: Person | None) -> QuerySet[Offer]:
    return Offer.objects.filter(
        withdrawn_at__isnull=True,
        brief_version__retired_at__isnull=True,
        programme__in=learnable(person),
    )


def _offered(person: Person | None) -> QuerySet[BriefVersion]:
    return BriefVersion.objects.filter(pk__in=_standing(person).values("brief_version"))
