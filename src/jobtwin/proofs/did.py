"""The issuer: its did:web document, its JWK set, its profile, and the addresses its credentials name.

The DID document holds every key that ever signed: a key that left it would take its credentials along.
A compromised key stays too, marked `revoked` with a time (W3C Controlled Identifiers).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from jobtwin.core.errors import BadDocument, BadInput
from jobtwin.proofs.contexts import CREDENTIALS, OPEN_BADGES
from jobtwin.proofs.key import KeyKind, PublicKey
from jobtwin.proofs.keys import ISSUER_ED25519, ISSUER_P256, RECEIPT, KeyRecord
from jobtwin.proofs.second import parse_second, second_text
from jobtwin.proofs.strict_json import parse_object

DID_LIMIT = 512 * 1024
METHOD_LIMIT = 1000

_CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]
_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,400}")

_DID_WEB = re.compile(
    r"did:web:(?P<host>[A-Za-z0-9.-]{1,253})(?:%3A(?P<port>[1-9][0-9]{0,4}))?(?P<path>(?::[A-Za-z0-9._~-]{1,100}){0,8})"
)


@dataclass(frozen=True, slots=True)
class IssuerProfile:
    """Who issues: the DID, a name, and the https address (no slash at its end) that the DID stands for."""

    did: str
    name: str
    url: str

    @classmethod
    def at(cls, url: str, *, name: str) -> "IssuerProfile":
        """The issuer whose DID document is served below an address. Raises BadInput unless it is https."""
        return cls(did_web(url), name, url.rstrip("/"))

    def as_json(self) -> dict[str, object]:
        """The Open Badges `Profile` that a credential embeds."""
        return {"id": self.did, "type": ["Profile"], "name": self.name, "url": self.url}

    def achievement_url(self, brief_id: str, version: int) -> str:
        """The address of one version of an exam."""
        return f"{self.url}/achievements/{quote(brief_id, safe='')}/{version}"

    def skill_url(self, skill: str) -> str:
        """The address that says what a skill means."""
        return f"{self.url}/skills/{quote(skill, safe='')}"

    def status_list_url(self, number: int) -> str:
        """The address of one status list; lists count from 0."""
        return f"{self.url}/status/{number}"


@dataclass(frozen=True, slots=True)
class DidKey:
    """A key of a DID document: the id of its method and since when it counts as compromised, if at all."""

    method: str
    public: PublicKey
    revoked: datetime | None


@dataclass(frozen=True, slots=True)
class DidDocument:
    """What a verifier takes from a DID document: its id and the methods it may assert with, unread so far."""

    did: str
    methods: dict[str, dict[str, object]]
    assertion: frozenset[str]

    def key(self, method: str) -> DidKey:
        """The key of a verification method.

        Raises BadDocument: WRONG_ISSUER where the method belongs to another DID, UNKNOWN_KEY where the
        document has not exactly one of that id, does not let it assert, or holds no readable key in it.
        """
        if method.partition("#")[0] != self.did:
            raise BadDocument(f"the signing key belongs to another than {self.did}", code="WRONG_ISSUER")
        found = self.methods.get(method)
        if found is None:
            raise BadDocument("the issuer's DID document has no such key", code="UNKNOWN_KEY")
        if method not in self.assertion:
            raise BadDocument("the issuer's DID document does not let this key issue", code="UNKNOWN_KEY")
        return self._read(method, found)

    def receipt_key(self, key_id: str) -> DidKey:
        """A key that the document lists without letting it assert. Raises BadDocument (UNKNOWN_KEY)."""
        method = f"{self.did}#{key_id}"
        found = self.methods.get(method)
        if found is None or method in self.assertion:
            raise BadDocument("the issuer's DID document has no such key for receipts", code="UNKNOWN_KEY")
        return self._read(method, found)

    def _read(self, method: str, found: dict[str, object]) -> DidKey:
        try:
            revoked = parse_second(found["revoked"]) if "revoked" in found else None
            return DidKey(method, _public_key(found), revoked)
        except (BadDocument, ValueError) as error:
            raise BadDocument(f"the issuer's key cannot be read: {error}", code="UNKNOWN_KEY") from error


def did_web(url: str) -> str:
    """The did:web of an https address (W3C CCG did:web). Raises BadInput for any other kind of address."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme != "https" or not parts.hostname or port == 0 or "@" in parts.netloc:
        raise BadInput("an issuer's address is https://host, with a port or a path at most")
    if parts.query or parts.fragment or not re.fullmatch(r"[A-Za-z0-9.-]+", parts.hostname):
        raise BadInput("an issuer's address is https://host, with a port or a path at most")
    host = parts.hostname + (f"%3A{port}" if port else "")
    return ":".join(["did:web", host, *(quote(part, safe="") for part in parts.path.split("/") if part)])


def did_address(did: str) -> str:
    """Where a did:web publishes its document. Raises BadInput for another method or a form of its own."""
    found = _DID_WEB.fullmatch(did)
    parts = found["path"].split(":")[1:] if found else []
    if found is None or {".", ".."} & set(parts):
        raise BadInput("the issuer is not a plain did:web, so it has no address to ask", code="not_public")
    host = found["host"] + (f":{found['port']}" if found["port"] else "")
    return f"https://{host}/{'/'.join(parts) or '.well-known'}/did.json"


def did_document(issuer: IssuerProfile, keys: Iterable[KeyRecord]) -> dict[str, object]:
    """The DID document: every key that ever issued or signed receipts, newest first.

    Receipt keys stand in it without a relationship: they may assert nothing.
    """
    listed = [record for record in reversed(list(keys)) if _issues(record) or record.purpose == RECEIPT]
    return {
        "@context": _CONTEXTS,
        "id": issuer.did,
        "verificationMethod": [_method(issuer.did, record) for record in listed],
        "assertionMethod": [f"{issuer.did}#{record.id}" for record in listed if _issues(record)],
    }


def jwks(issuer: IssuerProfile, keys: Iterable[KeyRecord]) -> dict[str, object]:
    """The JWK set (RFC 7517) of the keys that sign tokens and are not compromised."""
    return {
        "keys": [
            {**record.public_key.jwk(), "kid": f"{issuer.did}#{record.id}", "use": "sig", "alg": "ES256"}
            for record in keys
            if record.purpose == ISSUER_P256 and not record.revoked
        ]
    }


def profile_document(issuer: IssuerProfile) -> dict[str, object]:
    """The issuer's profile as it is served."""
    return {"@context": [CREDENTIALS, OPEN_BADGES], **issuer.as_json()}


def read_did(data: bytes) -> DidDocument:
    """A DID document as a verifier was given it. Raises BadDocument where it cannot be used at all."""
    document = parse_object(data, max_bytes=DID_LIMIT, max_depth=12)
    did, methods = document.get("id"), document.get("verificationMethod", [])
    assertion = document.get("assertionMethod", [])
    if not isinstance(did, str) or not _DID.fullmatch(did):
        raise BadDocument("not a DID document: it has no id that is a DID")
    if not isinstance(methods, list) or not isinstance(assertion, list) or len(methods) > METHOD_LIMIT:
        raise BadDocument("not a DID document of an issuer: its keys are no list, or too many")
    ids = [method.get("id") for method in methods if isinstance(method, dict)]
    found = {
        str(method["id"]): method
        for method in methods
        if isinstance(method, dict) and method.get("controller") == did and ids.count(method.get("id")) == 1
    }
    return DidDocument(did, found, frozenset(one for one in assertion if isinstance(one, str)))


def _issues(record: KeyRecord) -> bool:
    return record.purpose in (ISSUER_ED25519, ISSUER_P256)


def _method(did: str, record: KeyRecord) -> dict[str, object]:
    method: dict[str, object] = {"id": f"{did}#{record.id}", "type": "Multikey", "controller": did}
    public = record.public_key
    if public.kind is KeyKind.ED25519:
        method["publicKeyMultibase"] = record.public
    else:
        method |= {"type": "JsonWebKey", "publicKeyJwk": {**public.jwk(), "alg": "ES256"}}
    if record.revoked_at is not None:
        method["revoked"] = second_text(record.revoked_at)
    return method


def _public_key(method: dict[str, object]) -> PublicKey:
    multibase, jwk = method.get("publicKeyMultibase"), method.get("publicKeyJwk")
    if method.get("type") == "Multikey" and isinstance(multibase, str) and jwk is None:
        return PublicKey.from_multikey(multibase)
    if method.get("type") in ("JsonWebKey", "JsonWebKey2020") and isinstance(jwk, dict) and multibase is None:
        return PublicKey.from_jwk(jwk)
    raise BadDocument("neither a Multikey nor a JsonWebKey")
