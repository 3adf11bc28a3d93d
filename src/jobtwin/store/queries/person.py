"""What roles somebody holds."""

from jobtwin.store.models import Membership, Person


def roles_held(person: Person) -> frozenset[str]:
    """The roles of a person, as words; a person without any is a learner all the same."""
    return frozenset(Membership.objects.filter(person=person).values_list("role", flat=True))
