"""Status lists: signed when what they say changes or their time runs out, not at every look."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from jobtwin.core.canonical import digest
from jobtwin.core.errors import NotFound
from jobtwin.proofs.keys import ISSUER_ED25519
from jobtwin.proofs.status_list import LIST_ENTRIES, StatusSettings, build_status_list, sign_status_list
from jobtwin.store import platform
from jobtwin.store.models import Credential, SignedStatusList
from jobtwin.store.queries.credential import newest_list


@dataclass(frozen=True, slots=True)
class Renewal:
    """When a list is signed again although it says the same: at this share of its validity."""

    at_share: float = 0.5
    status: StatusSettings = field(default_factory=StatusSettings)


def current_status_list(*, number: int, now: datetime, renewal: Renewal | None = None) -> dict[str, object]:
    """The signed list of that number. Two that sign at once wait for each other, so the newer content stays.

    Raises NotFound for a list that does not exist yet.
    """
    renewal = renewal or Renewal()
    if not 0 <= number <= newest_list():
        raise NotFound("there is no such status list")
    kept = SignedStatusList.objects.filter(pk=number).first()
    if kept is not None and _stands(kept, now, renewal):
        return dict(kept.document)
    with transaction.atomic():
        row, _ = SignedStatusList.objects.select_for_update().get_or_create(
            number=number, defaults={"content": "", "key_id": "", "document": {}, "signed_at": now}
        )
        if not _stands(row, now, renewal):
            _sign(row, now, renewal)
        return dict(row.document)


def _stands(row: SignedStatusList, now: datetime, renewal: Renewal) -> bool:
    until = row.signed_at + renewal.status.valid_for * renewal.at_share
    keys = platform.keys()
    active = {one.id for one in keys.list() if one.active and one.purpose == ISSUER_ED25519}
    same = row.key_id in active and row.content == digest(_revoked(row.number))
    return same and row.signed_at <= now < until


def _sign(row: SignedStatusList, now: datetime, renewal: Renewal) -> None:
    issuer, key = platform.issuer(), platform.keys().load(ISSUER_ED25519)
    revoked = _revoked(row.number)
    unsigned = build_status_list(issuer, row.number, revoked, now=now, settings=renewal.status)
    row.document = sign_status_list(unsigned, key, did=issuer.did, now=now)
    row.content, row.key_id, row.signed_at = digest(revoked), key.key_id, now
    row.save()


def _revoked(number: int) -> list[int]:
    first = number * LIST_ENTRIES
    places = Credential.objects.filter(
        revoked_at__isnull=False, status_index__range=(first, first + LIST_ENTRIES - 1)
    )
    return list(places.order_by("status_index").values_list("status_index", flat=True))
