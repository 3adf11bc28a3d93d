"""Credential claims: what a passed attempt certifies, before any envelope or signature."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from jobtwin.core.skill_assertion import SkillAssertion


@dataclass(frozen=True, slots=True)
class LedgerProof:
    """Where a sealed mark stands: the ledger's origin, the leaf's index, the checkpoint's size."""

    origin: str
    leaf_index: int
    checkpoint_size: int


@dataclass(frozen=True, slots=True)
class CredentialClaims:
    """Everything that a credential says. `subject` is did:key or urn:uuid; no mentor is named."""

    credential_id: str
    subject: str
    learner_name: str
    identity_salt: str
    brief_id: str
    brief_version: int
    brief_title: str
    brief_digest: str
    scenario: str
    commit: str
    overall: Decimal
    pass_mark: Decimal
    skills: tuple[SkillAssertion, ...]
    ledgers: tuple[LedgerProof, ...]
    awarded_at: datetime
    issued_at: datetime
    status_index: int
