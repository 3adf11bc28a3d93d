"""The verifier of credentials: bytes, a DID document and a status list in; every check in words out.

It reaches no network and believes no address, key or context that the document brings along. What the
signature does not cover is refused, so that a document has one reading. Nothing is summarised before
its signature holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.contexts import CREDENTIAL_CONTEXTS
from jobtwin.proofs.data_integrity import read_proof, require_proof
from jobtwin.proofs.did import DidDocument, DidKey, read_did
from jobtwin.proofs.results import require_results
from jobtwin.proofs.second import parse_second
from jobtwin.proofs.shape import CREDENTIAL, TOKEN, judge
from jobtwin.proofs.status_list import StatusSettings, require_not_revoked
from jobtwin.proofs.strict_json import parse_object
from jobtwin.proofs.vc_jwt import read_token, require_signature, split_claims
from jobtwin.proofs.verification import CODES, Check, Verification, summarise

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class CredentialLimits:
    """How much of a document is read: bytes, levels of nesting, and the limits of a status list."""

    max_bytes: int = 256 * 1024
    max_depth: int = 16
    status: StatusSettings = field(default_factory=StatusSettings)


class _Stop(Exception):
    """A check failed that the ones after it stand on."""


class _Checks:
    """The checks made so far, in order."""

    def __init__(self) -> None:
        self.made: list[Check] = []
        self.code = ""

    def make(self, name: str, sentence: str, step: Callable[[], _T]) -> _T | None:
        """Run one check; None where it refused. `sentence` is what holds where it did not."""
        try:
            value = step()
        except BadDocument as error:
            self.code = self.code or (error.code if error.code in CODES else "MALFORMED")
            self.made.append(Check(name, ok=False, sentence=error.message))
            return None
        self.made.append(Check(name, ok=True, sentence=sentence))
        return value

    def need(self, name: str, sentence: str, step: Callable[[], _T]) -> _T:
        """Run one check that those after it stand on. Raises _Stop where it refused."""
        value = self.make(name, sentence, step)
        if self.code:
            raise _Stop
        return value  # type: ignore[return-value]  # None only where the step itself gives None


def verify_credential(
    document: bytes,
    *,
    did: bytes,
    status_list: bytes | None,
    now: datetime,
    limits: CredentialLimits | None = None,
) -> Verification:
    """Verify a credential in either envelope at the instant `now`.

    Whatever is wrong with the credential or the status list is reported. Raises BadDocument where `did`
    is no DID document, and ValueError for a naive `now`.
    """
    if now.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    limits = limits or CredentialLimits()
    issuer, checks = read_did(did), _Checks()
    try:
        read = _read_document if document.lstrip(b" \t\r\n")[:1] in (b"{", b"[", b"") else _read_compact
        credential = read(document, issuer, checks, now, limits)
    except _Stop:
        return Verification(checks.code, tuple(checks.made))
    checks.make(
        "contents", "Everything is there that a credential of this kind has.", lambda: _complete(credential)
    )
    if checks.code:
        return Verification(checks.code, tuple(checks.made))
    checks.make("dates", "It is valid now.", lambda: _require_dates(credential, now))
    checks.make(
        "status",
        "The issuer's status list says that it is not revoked.",
        lambda: _require_status(credential, status_list, issuer, now, limits),
    )
    checks.make(
        "results",
        "Every asserted weight is within its ceiling.",
        lambda: require_results(credential),
    )
    return Verification(checks.code, tuple(checks.made), summarise(credential))


def _read_document(
    data: bytes, issuer: DidDocument, checks: _Checks, now: datetime, limits: CredentialLimits
) -> dict[str, object]:
    """The credential of a JSON document whose embedded proof holds. Raises _Stop."""
    document = checks.need(
        "form",
        "The document says nothing that its contexts do not define.",
        lambda: _shaped(parse_object(data, max_bytes=limits.max_bytes, max_depth=limits.max_depth)),
    )
    credential = {name: value for name, value in document.items() if name != "proof"}
    checks.need(
        "issuer", f"It names {issuer.did} as its issuer.", lambda: _require_issuer(credential, issuer)
    )
    proof = checks.need("proof", "It carries one proof, made to assert.", lambda: read_proof(document))
    key = checks.need(
        "key", "The issuer publishes the key.", lambda: _usable(issuer.key(proof["verificationMethod"]), now)
    )
    checks.need(
        "signature",
        "The signature holds over every statement of the document.",
        lambda: require_proof(document, proof, key.public),
    )
    checks.need("proof date", "It was signed before now.", lambda: _require_past(proof["created"], now))
    return credential


def _read_compact(
    data: bytes, issuer: DidDocument, checks: _Checks, now: datetime, limits: CredentialLimits
) -> dict[str, object]:
    """The credential of a token whose signature holds. Raises _Stop."""
    token = checks.need(
        "form", "It is a token with a plain header.", lambda: read_token(data, max_bytes=limits.max_bytes)
    )
    key = checks.need("key", "The issuer publishes the key.", lambda: _usable(issuer.key(token.kid), now))
    checks.need(
        "signature", "The signature holds over the token.", lambda: require_signature(token, key.public)
    )
    payload = checks.need(
        "payload",
        "The token says nothing that its contexts do not define.",
        lambda: _shaped(
            parse_object(token.payload, max_bytes=limits.max_bytes, max_depth=limits.max_depth), token=True
        ),
    )
    checks.need("issuer", f"It names {issuer.did} as its issuer.", lambda: _require_issuer(payload, issuer))
    return checks.need("claims", "The token's claims repeat its credential.", lambda: split_claims(payload))


def _shaped(document: dict[str, object], *, token: bool = False) -> dict[str, object]:
    judged = {name: value for name, value in document.items() if token or name != "proof"}
    judge(judged, TOKEN if token else CREDENTIAL, CREDENTIAL_CONTEXTS)
    return document


def _require_issuer(credential: Mapping[str, object], issuer: DidDocument) -> None:
    named = credential.get("issuer")
    if not isinstance(named, dict) or named.get("id") != issuer.did:
        raise BadDocument(f"the credential names another issuer than {issuer.did}", code="WRONG_ISSUER")


def _usable(key: DidKey, now: datetime) -> DidKey:
    if key.revoked is not None and key.revoked <= now:
        raise BadDocument(
            f"the issuer declared the signing key compromised on {key.revoked:%Y-%m-%d}: whoever holds it "
            "can write any date, so nothing it signed is believed; ask the issuer for a credential under a "
            "new key",
            code="KEY_REVOKED",
        )
    return key


def _require_past(created: str, now: datetime) -> None:
    try:
        moment = parse_second(created)
    except ValueError as error:
        raise BadDocument("the proof has no date", code="BAD_PROOF") from error
    if moment > now:
        raise BadDocument(f"the proof is dated {created}, which is yet to come", code="NOT_YET_VALID")


def _complete(credential: Mapping[str, object]) -> None:
    missing = judge(credential, CREDENTIAL, CREDENTIAL_CONTEXTS).missing
    if missing == ["credentialStatus"]:
        raise BadDocument("the credential names no status list", code="STATUS_MISSING")
    if missing:
        raise BadDocument(f"the credential has no {', '.join(missing)}", code="MALFORMED")


def _require_dates(credential: Mapping[str, object], now: datetime) -> None:
    try:
        awarded, start = parse_second(credential["awardedDate"]), parse_second(credential["validFrom"])
        end = parse_second(credential["validUntil"]) if "validUntil" in credential else None
    except ValueError as error:
        raise BadDocument(
            "a date of the credential is not UTC with whole seconds", code="MALFORMED"
        ) from error
    if max(awarded, start) > now:
        raise BadDocument(f"it is valid from {credential['validFrom']} on, not yet", code="NOT_YET_VALID")
    if end is not None and end <= now:
        raise BadDocument(f"it was valid until {credential['validUntil']}", code="EXPIRED")


def _require_status(
    credential: Mapping[str, object],
    status_list: bytes | None,
    issuer: DidDocument,
    now: datetime,
    limits: CredentialLimits,
) -> None:
    if status_list is None:
        raise BadDocument(
            "no status list was given, so nobody knows whether it is revoked", code="STATUS_MISSING"
        )
    entry = credential["credentialStatus"]
    assert isinstance(entry, dict)  # noqa: S101 — the shape was judged before
    require_not_revoked(entry, status_list, issuer, now=now, settings=limits.status)
