"""How long things are kept once nobody needs them, in days; 0 keeps them for ever."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """`drafts`: superseded versions, and `progress`: steps of a verification, after the decision.

    `files`: the kept commit of a submission, after the decision. `invitations`: that were not accepted,
    after they ended. `tokens`: after they expired or were revoked.
    `deliveries`: of webhooks, after the last try.
    """

    drafts: int = 365
    progress: int = 90
    files: int = 0
    invitations: int = 90
    tokens: int = 90
    deliveries: int = 30


def ended_before(days: int, now: datetime) -> datetime | None:
    """What ended before this instant has been kept long enough; None where it is kept for ever."""
    return now - timedelta(days=days) if days else None
