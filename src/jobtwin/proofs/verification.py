"""What a verification says: checks in words, one code, and what the credential certifies."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

CODES = {
    "MALFORMED": "It is not a document, token or value of the form that this issuer writes.",
    "TOO_LARGE": "It has more bytes than are read.",
    "TOO_DEEP": "It is nested deeper than is read.",
    "DUPLICATE_KEY": "A key stands twice in one JSON object.",
    "BAD_CONTEXT": "Its @context is not exactly the list of pinned contexts.",
    "UNDEFINED_TERM": "It holds a term, type or spelling that the signature would not cover.",
    "REORDERED": "A list is repeated or out of order; the signature does not cover an order.",
    "BAD_PROOF": "Its proof is not one plain proof made to assert.",
    "BAD_HEADER": "The token's header has other members than alg, kid and typ.",
    "BAD_ALGORITHM": "It is signed by another algorithm than the two in use, or with another kind of key.",
    "CLAIM_MISMATCH": "The token's claims differ from the credential in it.",
    "WRONG_ISSUER": "It names another issuer, or is signed in the name of another.",
    "ISSUER_ADDRESS": "Its issuer has no public https address, so its keys cannot be fetched.",
    "UNKNOWN_KEY": "The issuer's DID document has no such key for issuing, or the token brought its own.",
    "KEY_REVOKED": "The issuer declared the signing key compromised.",
    "SIGNATURE": "It is not signed, or was changed after it was signed.",
    "NOT_YET_VALID": "It is dated later than now.",
    "EXPIRED": "Its validity has ended.",
    "STATUS_MISSING": "It names no status list, or none was given.",
    "STATUS_MALFORMED": "The status list cannot be read, or is too large or too small.",
    "STATUS_MISMATCH": "The status list is of another address, issuer or purpose.",
    "STATUS_SIGNATURE": "The status list is not signed by the issuer.",
    "STATUS_STALE": "The status list is out of date: fetch a current one.",
    "STATUS_RANGE": "Its place is beyond the status list.",
    "REVOKED": "The issuer has revoked it.",
    "BAD_RESULT": "A result and its description do not belong together.",
    "OVER_CEILING": "A skill is asserted above its ceiling.",
}
"""Every code of an invalid credential, and what it means. Codes never change their meaning."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, whether it held, and a sentence for people."""

    name: str
    ok: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Skill:
    """A certified skill: its id, title, asserted weight and ceiling, as text."""

    id: str
    title: str
    weight: str
    ceiling: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a credential with a holding signature says; all of it text that the issuer signed."""

    id: str
    issuer: str
    issuer_name: str
    subject: str
    achievement: str
    achievement_id: str
    awarded: str
    valid_from: str
    valid_until: str
    skills: tuple[Skill, ...]
    evidence: str
    status_list: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: `code` is empty where the credential is valid, else one of CODES (the first that failed).

    Checks that stand on a failed one are not made. `summary` is there once the signature holds.
    """

    code: str
    checks: tuple[Check, ...]
    summary: Summary | None = None

    @property
    def valid(self) -> bool:
        """True where every check held."""
        return not self.code

    @property
    def sentence(self) -> str:
        """The outcome in one sentence: what failed first, or that all held."""
        failed = next((check.sentence for check in self.checks if not check.ok), "")
        return failed or "The credential is valid."

    def as_json(self) -> dict[str, object]:
        """The form that `jobtwin credential verify --json` prints."""
        return {
            "valid": self.valid,
            "code": self.code,
            "sentence": self.sentence,
            "checks": [asdict(check) for check in self.checks],
            "credential": asdict(self.summary) if self.summary else None,
        }


def summarise(credential: Mapping[str, Any]) -> Summary:
    """The summary of a credential whose shape is complete and whose signature holds."""
    subject, issuer = credential["credentialSubject"], credential["issuer"]
    achievement = subject["achievement"]
    results = {result["resultDescription"]: result for result in subject["result"]}
    skills = tuple(
        Skill(
            one["alignment"][0]["targetCode"],
            one["name"],
            results[one["id"]].get("value", ""),
            one.get("valueMax", ""),
        )
        for one in achievement["resultDescription"]
        if "alignment" in one and one["id"] in results
    )
    return Summary(
        credential["id"],
        issuer["id"],
        issuer["name"],
        subject["id"],
        achievement["name"],
        achievement["id"],
        credential["awardedDate"],
        credential["validFrom"],
        credential.get("validUntil", ""),
        skills,
        credential["evidence"][0]["narrative"],
        credential["credentialStatus"]["statusListCredential"],
    )
