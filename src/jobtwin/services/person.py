"""People and roles."""

from django.db import transaction

from jobtwin.core.errors import Conflict
from jobtwin.store.models import Membership, Person, Role


def add_person(*, email: str, name: str, role: Role, password: str | None = None) -> Person:
    """Adds somebody with a role. Raises Conflict where the address is taken."""
    with transaction.atomic():
        if Person.objects.filter(email=email.strip().lower()).exists():
            raise Conflict(f"{email} has an account already")
        person = Person.objects.create_user(email, password, name=name)
        Membership.objects.create(person=person, role=role)
    return person
