"""People and roles."""

from allauth.account.models import EmailAddress
from django.db import transaction

from jobtwin.core.errors import Conflict
from jobtwin.services.programme import add_member, ensure_default_programme
from jobtwin.store.models import Person, Programme, Role


def add_person(
    *, email: str, name: str, role: Role, password: str | None = None, programme: Programme | None = None
) -> Person:
    """Adds somebody with a role in a programme (none: the default one); whoever adds vouches for the address.

    Raises Conflict where the address is taken.
    """
    with transaction.atomic():
        if Person.objects.filter(email=email.strip().lower()).exists():
            raise Conflict(f"{email} has an account already")
        person = Person.objects.create_user(email, password, name=name)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        where = programme or ensure_default_programme()
        add_member(programme=where, person=person, role=role)
    return person
