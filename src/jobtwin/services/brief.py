"""Publishing and retiring briefs."""

from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.brief import Brief
from jobtwin.core.errors import Conflict, Refused
from jobtwin.services.programme import ensure_default_programme, offer_brief
from jobtwin.store.models import BriefVersion, Person, Programme
from jobtwin.store.queries.programme import operates_all_of


def publish_brief(
    *, brief: Brief, now: datetime, programme: Programme | None = None, by: Person | None = None
) -> BriefVersion:
    """Publishes a version of a brief and offers it in a programme (none: the default one).

    The same digest again publishes nothing, and brings no withdrawn offer back. `by`: None for the terminal.

    Raises Conflict where this version was published with another content (give it a new version), Refused
    where a newer one was published already: a learner would be offered the newer one all the same.
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
                    "published_by": by,
                },
            )
            if fresh:
                _require_newest(version)
            where = programme or ensure_default_programme()
            if fresh or not version.offers.filter(programme=where).exists():
                offer_brief(programme=where, version=version, now=now)
    except IntegrityError as error:
        raise Conflict(
            f"version {brief.version} of {brief.id} was published with another content; raise its version"
        ) from error
    return version


def retire_brief(*, version: BriefVersion, now: datetime, by: Person | None = None) -> None:
    """Offers a version no more. Attempts that started with it go on; an older version that still stands is
    offered again. Raises Conflict where it is retired already, Refused where programmes offer it that this
    operator does not operate (`by` None: the terminal may).
    """
    if by is not None and not operates_all_of(by, version):
        raise Refused("other programmes offer this version too; withdraw the offer of yours instead")
    done = BriefVersion.objects.filter(pk=version.pk, retired_at__isnull=True).update(
        retired_at=now, retired_by=by
    )
    if not done:
        raise Conflict("this version is retired already")
    version.refresh_from_db()


def _require_newest(version: BriefVersion) -> None:
    newer = BriefVersion.objects.filter(brief_id=version.brief_id, version__gt=version.version).first()
    if newer is not None:
        raise Refused(
            f"version {newer.version} of {version.brief_id} is published already; give yours a higher one",
            code="not_newest",
        )
