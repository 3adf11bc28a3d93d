"""Programmes, and who may do what in them."""

from django.db.models import QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.store.models import (
    DEFAULT_SLUG,
    BriefVersion,
    Enrolment,
    Membership,
    Offer,
    Person,
    Programme,
    Role,
)


def programmes_with(person: Person, role: Role) -> QuerySet[Programme]:
    """The programmes in which a person holds a role; as a subquery it bounds what a page may list."""
    held = Membership.objects.filter(person=person, role=role).values("programme_id")
    return Programme.objects.filter(pk__in=held).order_by("title", "pk")


def operated(operator: Person, slug: str) -> Programme:
    """One programme of this operator. Raises NotFound for every other one, there or not."""
    found = None if "\0" in slug else programmes_with(operator, Role.OPERATOR).filter(slug=slug).first()
    if found is None:
        raise NotFound("you operate no such programme")
    return found


def learnable(person: Person | None) -> QuerySet[Programme]:
    """The programmes in which somebody (None: nobody yet) may start exams; the default one first."""
    open_ones = Programme.objects.filter(enrolment=Enrolment.OPEN)
    if person is None:
        return open_ones
    invited = Membership.objects.filter(person=person, role=Role.LEARNER).values("programme_id")
    return open_ones | Programme.objects.filter(pk__in=invited)


def holds(person: Person, role: Role, programme: Programme) -> bool:
    """True where the person has this role in this programme."""
    return Membership.objects.filter(person=person, role=role, programme=programme).exists()


def operates_all_of(operator: Person, version: BriefVersion) -> bool:
    """True where every programme that offers or offered a version is one of this operator's."""
    own = programmes_with(operator, Role.OPERATOR).values("pk")
    offers = Offer.objects.filter(brief_version=version)
    return offers.exists() and not offers.exclude(programme__in=own).exists()


def default_programme() -> Programme | None:
    """The programme that is there from the start; None before anything was published or anybody added."""
    return Programme.objects.filter(slug=DEFAULT_SLUG).first()
