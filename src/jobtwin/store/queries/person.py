"""What roles somebody holds, and which account at GitHub."""

from allauth.socialaccount.models import SocialAccount

from jobtwin.outside.github_reading import Account
from jobtwin.store.models import Membership, Person


def roles_held(person: Person) -> frozenset[str]:
    """The roles of a person, as words; a person without any is a learner all the same."""
    return frozenset(Membership.objects.filter(person=person).values_list("role", flat=True))


def github_account(person: Person) -> Account | None:
    """The account that GitHub itself named when the person connected it, the newest of several."""
    found = SocialAccount.objects.filter(user=person, provider="github").order_by("-pk").first()
    if found is None or not found.uid.isascii() or not found.uid.isdigit():
        return None
    return Account(int(found.uid), str(found.extra_data.get("login", "")))
