"""A person's own tokens."""

from jobtwin.store.models import ApiToken, Person


def tokens_of(person: Person) -> list[ApiToken]:
    """All tokens of a person, the newest first."""
    return list(ApiToken.objects.filter(person=person))
