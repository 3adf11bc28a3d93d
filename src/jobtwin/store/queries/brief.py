"""Published briefs."""

from jobtwin.core.errors import NotFound
from jobtwin.store.models import BriefVersion


def offered_briefs() -> list[BriefVersion]:
    """The newest version of every brief that is still offered, by id."""
    rows = BriefVersion.objects.filter(retired_at__isnull=True)
    return list(rows.order_by("brief_id", "-version").distinct("brief_id"))


def offered_brief(brief_id: str) -> BriefVersion:
    """The newest version of one brief. Raises NotFound where none is offered under that id."""
    rows = BriefVersion.objects.filter(brief_id=brief_id, retired_at__isnull=True)
    found = rows.order_by("-version").first()
    if found is None:
        raise NotFound("no exam is offered under this name")
    return found


def brief_version(brief_id: str, version: int) -> BriefVersion:
    """A version as it was published, retired or not. Raises NotFound."""
    found = BriefVersion.objects.filter(brief_id=brief_id, version=version).first()
    if found is None:
        raise NotFound("there is no such version of this exam")
    return found
