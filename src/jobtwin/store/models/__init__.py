"""What is kept, one module a noun."""

from jobtwin.store.models.attempt import Attempt
from jobtwin.store.models.brief import BriefVersion
from jobtwin.store.models.check import CheckRecord, VerificationEvent
from jobtwin.store.models.credential import Credential
from jobtwin.store.models.decision import Decision
from jobtwin.store.models.draft import Draft
from jobtwin.store.models.draft_review import DraftReviewRecord
from jobtwin.store.models.ledger import Checkpoint, Ledger, LedgerEntry, LedgerNode
from jobtwin.store.models.mark import Mark, Revision
from jobtwin.store.models.person import Membership, Person, Role
from jobtwin.store.models.skill_assertion import SkillAssertion
from jobtwin.store.models.submission import Submission

__all__ = [
    "Attempt",
    "BriefVersion",
    "CheckRecord",
    "Checkpoint",
    "Credential",
    "Decision",
    "Draft",
    "DraftReviewRecord",
    "Ledger",
    "LedgerEntry",
    "LedgerNode",
    "Mark",
    "Membership",
    "Person",
    "Revision",
    "Role",
    "SkillAssertion",
    "Submission",
    "VerificationEvent",
]
