"""Telling people, and how they want to be told."""

from collections.abc import Mapping
from datetime import datetime

from django.core.signing import BadSignature, Signer

from jobtwin.core.errors import BadInput, NotFound
from jobtwin.core.notification import Pace, require_facts
from jobtwin.store.models import Notification, Person

UNSUBSCRIBE = Signer(salt="jobtwin.unsubscribe")


def notify(*, person: Person, kind: str, key: str, facts: Mapping[str, str], now: datetime) -> bool:
    """Tells a person something, once for each kind and key: a job may run twice. True where it is new.

    In the page at once, by mail as the kind and the person's pace say. Facts hold no names of people and
    nothing of another mentor before both have sealed: mail cannot be taken back.
    """
    require_facts(kind, facts)
    _, fresh = Notification.objects.get_or_create(
        person=person, kind=kind, key=key, defaults={"facts": dict(facts), "at": now}
    )
    return fresh


def read_notifications(*, person: Person, until: int, now: datetime) -> int:
    """Marks everything up to the id `until` as read; how many there were."""
    unread = Notification.objects.filter(person=person, pk__lte=until, read_at__isnull=True)
    return unread.update(read_at=now)


def set_mail_pace(*, person: Person, pace: str) -> None:
    """How the person wants mail about what is not duty. Raises BadInput for an unknown pace."""
    if pace not in list(Pace):
        raise BadInput(f"mail comes {', '.join(Pace)}, not {pace[:20]!r}")
    Person.objects.filter(pk=person.pk).update(mail_pace=pace)


def set_mail_language(*, person: Person, language: str) -> None:
    """The language of the person's mails, one of those that the installation offers."""
    Person.objects.filter(pk=person.pk).update(language=language)


def unsubscribe_token(person: Person) -> str:
    """What stands in a mail, so that one click ends mail that is not duty; it opens nothing else."""
    return UNSUBSCRIBE.sign(str(person.pk))


def person_of_token(token: str) -> Person:
    """Whose mail a token ends. Raises NotFound for one that we did not sign."""
    try:
        return Person.objects.get(pk=UNSUBSCRIBE.unsign(token))
    except (BadSignature, Person.DoesNotExist) as error:
        raise NotFound("this address is not one of ours; open the settings of your messages") from error
