"""Publishing briefs."""

from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.brief import Brief
from jobtwin.core.errors import Conflict
from jobtwin.store.models import BriefVersion


def publish_brief(*, brief: Brief, now: datetime) -> BriefVersion:
    """Publishes a version of a brief; the same digest again changes nothing.

    Raises Conflict where this version was published with another content: give it a new version.
    """
    try:
        with transaction.atomic():
            version, _ = BriefVersion.objects.get_or_create(
                digest=brief.digest,
                defaults={
                    "brief_id": brief.id,
                    "version": brief.version,
                    "document": brief.as_json(),
                    "published_at": now,
                },
            )
    except IntegrityError as error:
        raise Conflict(
            f"version {brief.version} of {brief.id} was published with another content; raise its version"
        ) from error
    return version
