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
class RubricLevel:
    """One published level of a dimension: an id within it, what it is called, and its points as text."""

    id: str
    title: str
    points: str = ""


@dataclass(frozen=True, slots=True)
class RubricResult:
    """A dimension whose levels the exam publishes, and the id of the level that was reached."""

    dimension: str
    title: str
    levels: tuple[RubricLevel, ...]
    achieved: str


@dataclass(frozen=True, slots=True)
class CredentialClaims:
    """Everything that a credential says. `subject` is did:key or urn:uuid; no mentor is named.

    `credential_id` is an https address or urn:uuid; `status_index` counts from 0 over all credentials;
    without `valid_until` a credential holds until it is revoked.
    """

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
    valid_until: datetime | None = None
    rubric: tuple[RubricResult, ...] = ()
