"""Credentials: what a passed attempt certifies as an Open Badges 3.0 `OpenBadgeCredential`.

One dictionary, two envelopes: `sign_data_integrity` embeds a proof, `sign_jwt` makes a token. What the
contexts have no terms for (commit, digests, ledger proofs) stands in the evidence in a fixed text form,
one `name: value` a line.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jobtwin.core.credential import CredentialClaims, RubricResult
from jobtwin.core.errors import BadDocument, BadInput, Refused
from jobtwin.core.ledger import score_text
from jobtwin.core.skill_assertion import SkillAssertion
from jobtwin.proofs.contexts import CREDENTIAL_CONTEXTS
from jobtwin.proofs.data_integrity import Signer, add_proof
from jobtwin.proofs.did import IssuerProfile
from jobtwin.proofs.second import second_text
from jobtwin.proofs.shape import CREDENTIAL, judge
from jobtwin.proofs.status_list import status_entry
from jobtwin.proofs.vc_jwt import sign_token

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
EVIDENCE_FORM = "jobtwin-evidence/1"

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """One credential in both envelopes: the JSON document with its proof, and the compact token."""

    document: Document
    token: str


def build_credential(claims: CredentialClaims, issuer: IssuerProfile) -> Document:
    """The unsigned credential. Raises Refused (OVER_CEILING) for a weight above its ceiling, or none."""
    _require_ceilings(claims)
    exam = issuer.achievement_url(claims.brief_id, claims.brief_version)
    described = [(_described_skill(issuer, exam, one), _skill_result(exam, one)) for one in claims.skills]
    described += [(_described_levels(exam, one), _level_result(exam, one)) for one in claims.rubric]
    described.sort(key=lambda pair: str(pair[0]["id"]))
    document: Document = {
        "@context": list(CREDENTIAL_CONTEXTS),
        "id": claims.credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _plain(claims.brief_title),
        "issuer": issuer.as_json(),
        "awardedDate": second_text(claims.awarded_at),
        "validFrom": second_text(claims.issued_at),
        "credentialSubject": {
            "id": claims.subject,
            "type": ["AchievementSubject"],
            "identifier": [_identity(claims)],
            "achievement": {
                "id": exam,
                "type": ["Achievement"],
                "achievementType": "Assessment",
                "name": _plain(claims.brief_title),
                "description": _plain(claims.scenario),
                "version": str(claims.brief_version),
                "criteria": {"narrative": _criteria(claims)},
                "resultDescription": [description for description, _ in described],
            },
            "result": [result for _, result in described],
        },
        "evidence": [{"type": ["Evidence"], "name": "How it was marked", "narrative": evidence_text(claims)}],
        "credentialStatus": status_entry(issuer, claims.status_index),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    if claims.valid_until is not None:
        document["validUntil"] = second_text(claims.valid_until)
    return document


def sign_data_integrity(
    document: Mapping[str, object], signer: Signer, *, did: str, created: datetime
) -> Document:
    """The credential with an embedded eddsa-rdfc-2022 proof.

    Raises BadDocument where the verifier would refuse the document, whoever signed it.
    """
    _require_ours(document)
    return add_proof(document, signer, did=did, created=created)


def sign_jwt(document: Mapping[str, object], key: Signer, *, did: str) -> str:
    """The credential as a compact VC-JWT (ES256), raising as `sign_data_integrity` does."""
    _require_ours(document)
    return sign_token(document, key, did=did)


def issue_credential(
    claims: CredentialClaims, issuer: IssuerProfile, *, ed25519: Signer, p256: Signer, now: datetime
) -> IssuedCredential:
    """Build and sign one credential in both envelopes. Raises Refused and BadDocument."""
    document = build_credential(claims, issuer)
    return IssuedCredential(
        sign_data_integrity(document, ed25519, did=issuer.did, created=now),
        sign_jwt(document, p256, did=issuer.did),
    )


def export_credential(
    folder: Path,
    issued: IssuedCredential,
    *,
    did: Mapping[str, object],
    status_list: Mapping[str, object],
) -> None:
    """Write credential.json, credential.jwt, did.json and status-list.json: all that a check needs, offline.

    Raises BadInput where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in (
            ("credential.json", issued.document),
            ("did.json", did),
            ("status-list.json", status_list),
        ):
            (folder / name).write_bytes(document_bytes(document))
        (folder / "credential.jwt").write_text(issued.token, encoding="ascii")
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}") from error


def document_bytes(document: Mapping[str, object]) -> bytes:
    """A document as it is stored, served and exported: readable JSON in UTF-8 with a final newline."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def identity_hash(name: str, salt: str) -> str:
    """How a credential names its learner: `sha256$` over name and salt; who knows the name can check it."""
    return f"sha256${hashlib.sha256((name + salt).encode()).hexdigest()}"


def evidence_text(claims: CredentialClaims) -> str:
    """The evidence in its fixed form: one `name: value` a line, ledgers as origin, leaf and size."""
    lines = [
        EVIDENCE_FORM,
        f"commit: {claims.commit}",
        f"brief: {claims.brief_digest}",
        f"overall: {score_text(claims.overall)}",
        f"pass mark: {score_text(claims.pass_mark)}",
    ]
    lines += [
        f"ledger: {proof.origin} leaf {proof.leaf_index} size {proof.checkpoint_size}"
        for proof in claims.ledgers
    ]
    return "\n".join(lines)


def _require_ours(document: Mapping[str, object]) -> None:
    missing = judge(document, CREDENTIAL, CREDENTIAL_CONTEXTS).missing
    if missing:
        raise BadDocument(f"the credential has no {', '.join(missing)}", code="MALFORMED")


def _require_ceilings(claims: CredentialClaims) -> None:
    if not claims.skills:
        raise Refused("a credential asserts at least one skill", code="no_skill")
    for one in claims.skills:
        if not (one.weight.is_finite() and 0 < one.weight <= one.ceiling <= 1):
            raise Refused(
                f"{one.skill} is asserted with {one.weight}, its ceiling is {one.ceiling}",
                code="OVER_CEILING",
            )


def _described_skill(issuer: IssuerProfile, exam: str, one: SkillAssertion) -> Document:
    return {
        "id": f"{exam}#skill-{one.skill}",
        "type": ["ResultDescription"],
        "name": _plain(one.title),
        "resultType": "ScaledScore",
        "valueMin": "0.00",
        "valueMax": score_text(one.ceiling),
        "alignment": [
            {
                "type": ["Alignment"],
                "targetName": _plain(one.title),
                "targetUrl": issuer.skill_url(one.skill),
                "targetCode": one.skill,
            }
        ],
    }


def _skill_result(exam: str, one: SkillAssertion) -> Document:
    return {
        "type": ["Result"],
        "resultDescription": f"{exam}#skill-{one.skill}",
        "value": score_text(one.weight),
    }


def _described_levels(exam: str, one: RubricResult) -> Document:
    levels: list[Document] = []
    for level in sorted(one.levels, key=lambda level: level.id):
        described: Document = {
            "id": f"{exam}#rubric-{one.dimension}-{level.id}",
            "type": ["RubricCriterionLevel"],
            "name": _plain(level.title),
            "level": level.id,
        }
        levels.append(described | ({"points": level.points} if level.points else {}))
    return {
        "id": f"{exam}#rubric-{one.dimension}",
        "type": ["ResultDescription"],
        "name": _plain(one.title),
        "resultType": "RubricCriterionLevel",
        "rubricCriterionLevel": levels,
    }


def _level_result(exam: str, one: RubricResult) -> Document:
    if one.achieved not in {level.id for level in one.levels}:
        raise Refused(f"{one.dimension} has no level {one.achieved!r}", code="no_level")
    return {
        "type": ["Result"],
        "resultDescription": f"{exam}#rubric-{one.dimension}",
        "achievedLevel": f"{exam}#rubric-{one.dimension}-{one.achieved}",
    }


def _identity(claims: CredentialClaims) -> Document:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(claims.learner_name, claims.identity_salt),
        "identityType": "name",
        "salt": claims.identity_salt,
    }


def _criteria(claims: CredentialClaims) -> str:
    return (
        "Two mentors marked the work independently of each other, every dimension of the rubric from 0.00 to "
        f"1.00. It passed with a weighted average of at least {score_text(claims.pass_mark)}. A mentor then "
        "asserted skills, each with a weight that is at most the ceiling of the exam for that skill."
    )


def _plain(text: str) -> str:
    """Text without the control characters that no credential may hold."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(letter for letter in lines if letter == "\n" or (letter >= " " and letter != "\x7f"))
