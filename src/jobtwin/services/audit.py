"""Writing the audit, in the transaction of what it speaks of."""

from collections.abc import Mapping
from datetime import datetime

from jobtwin.core.errors import BadInput
from jobtwin.store.models import AuditEntry, Person, Programme

MAX_REASON = 1_000


def record_act(
    *,
    actor: Person | None,
    programme: Programme | None,
    what: str,
    subject: str,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Records an act; see `store.models.audit`. Raises BadInput for a reason that is too long."""
    if len(reason) > MAX_REASON or "\0" in reason:
        raise BadInput(f"a reason has at most {MAX_REASON} characters")
    return AuditEntry.objects.create(
        at=now,
        actor=actor,
        programme=programme,
        what=what,
        subject=subject,
        reason=reason.strip(),
        facts=dict(facts or {}),
    )
