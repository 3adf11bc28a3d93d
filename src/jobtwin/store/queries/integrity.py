"""What a restored database must still say: sizes and roots of ledgers, digests of credentials, counts."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import connections

from jobtwin.core.canonical import digest
from jobtwin.proofs.merkle import Frontier

COUNTED = ("store_attempt", "store_submission", "store_checkrecord", "store_mark", "store_decision",
           "store_credential", "store_receipt", "store_checkpoint", "store_person")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Ledgers by origin as `size:root`, credentials by id as a digest, and counts of rows by table."""

    ledgers: dict[str, str]
    credentials: dict[str, str]
    rows: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return {"ledgers": self.ledgers, "credentials": self.credentials, "rows": self.rows}


def fingerprint(using: str = "default") -> Fingerprint:
    """Computed from entries and documents themselves, in the caller's transaction where it holds one."""
    return Fingerprint(_ledgers(using), _credentials(using), _rows(using))


def differences(before: dict[str, Any], after: Fingerprint) -> list[str]:
    """One sentence for everything that is missing, new or changed."""
    return [
        f"{part}: {name} was {then.get(name, 'absent')}, is {now.get(name, 'absent')}"
        for part, now in after.as_json().items()
        for then in [before.get(part, {})]
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _ledgers(using: str) -> dict[str, str]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT id, origin FROM store_ledger ORDER BY origin")
        ledgers = cursor.fetchall()
        found = {}
        for ledger, origin in ledgers:
            cursor.execute(
                "SELECT canonical FROM store_ledgerentry WHERE ledger_id = %s ORDER BY seq", [ledger]
            )
            frontier = Frontier()
            for (canonical,) in cursor:
                frontier.append(bytes(canonical))
            found[origin] = f"{frontier.size}:{frontier.root().hex()}"
    return found


def _credentials(using: str) -> dict[str, str]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT id::text, document, jwt, revoked_at::text FROM store_credential ORDER BY id")
        return {
            key: digest([document, hashlib.sha256(jwt.encode()).hexdigest(), revoked or ""])
            for key, document, jwt, revoked in cursor.fetchall()
        }


def _rows(using: str) -> dict[str, int]:
    with connections[using].cursor() as cursor:
        counts = {}
        for table in COUNTED:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  a list of ours
            counts[table] = int(cursor.fetchone()[0])
    return counts
