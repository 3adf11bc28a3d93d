"""Publishing briefs."""

from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.brief import Brief
from jobtwin.core.errors import Conflict
from jobtwin.services.programme import ensure_default_programme, offer_brief
from jobtwin.store.models import BriefVersion, Programme


def publish_brief(*, brief: Brief, now: datetime, programme: Programme | None = None) -> BriefVersion:
    """Publishes a version of a brief and offers it in a programme (none: the default one).

    The same digest again publishes nothing, and brings no withdrawn offer back.

    Raises Conflict where this version was published with another content: give it a new version.
    """
    try:
        with transaction.atomic():
            version, fresh = BriefVersion.objects.get_or_create(
                digest=brief.digest,
                defaults={
                    "brief_id": brief.id,
                    "version": brief.version,
                    "document": brief.as_json(),
                    "published_at": now,
                },
            )
            where = programme or ensure_default_programme()
            if fresh or not version.offers.filter(programme=where).exists():
                offer_brief(programme=where, version=version, now=now)
    except IntegrityError as error:
        raise Conflict(
            f"version {brief.version} of {brief.id} was published with another content; raise its version"
        ) from error
    return version
