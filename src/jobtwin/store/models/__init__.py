"""What is kept, one module a noun."""

from jobtwin.store.models.appeal import Appeal
from jobtwin.store.models.attempt import Attempt
from jobtwin.store.models.audit import AuditEntry
from jobtwin.store.models.brief import BriefVersion
from jobtwin.store.models.calibration import CalibrationCase, CalibrationOpening, GoldSubmission
from jobtwin.store.models.check import CheckRecord, VerificationEvent
from jobtwin.store.models.claim import ClockPause, EndedClaim
from jobtwin.store.models.credential import Consent, Credential, Listing, SignedStatusList
from jobtwin.store.models.decision import Decision
from jobtwin.store.models.dispute import Dispute
from jobtwin.store.models.draft import Draft
from jobtwin.store.models.draft_review import DraftReviewRecord
from jobtwin.store.models.extension import Extension
from jobtwin.store.models.github import GithubCheck
from jobtwin.store.models.invitation import Invitation
from jobtwin.store.models.ledger import Checkpoint, Cosignature, Ledger, LedgerEntry, LedgerNode
from jobtwin.store.models.lti import LtiGrade, LtiKey, LtiLaunch, LtiPlacement, LtiPlatform, LtiUser
from jobtwin.store.models.mark import Mark, Revision
from jobtwin.store.models.model_call import ModelCall
from jobtwin.store.models.notification import Mail, Notification
from jobtwin.store.models.originality import (
    Fingerprint,
    FingerprintSet,
    OriginalityFacts,
    Similarity,
)
from jobtwin.store.models.person import Membership, Person, Role
from jobtwin.store.models.programme import DEFAULT_SLUG, Enrolment, Offer, Programme, Release
from jobtwin.store.models.reading import CriterionReading
from jobtwin.store.models.receipt import Receipt
from jobtwin.store.models.rehearsal import Rehearsal
from jobtwin.store.models.skill_assertion import SkillAssertion
from jobtwin.store.models.source_token import SourceToken
from jobtwin.store.models.submission import Submission
from jobtwin.store.models.token import ApiToken, IdempotencyRecord, Scope
from jobtwin.store.models.upload import Upload
from jobtwin.store.models.webhook import Delivery, DeliveryTry, Endpoint
from jobtwin.store.models.worker import JobDeaths, WorkerNote

__all__ = [
    "DEFAULT_SLUG",
    "ApiToken",
    "Appeal",
    "Attempt",
    "AuditEntry",
    "BriefVersion",
    "CalibrationCase",
    "CalibrationOpening",
    "CheckRecord",
    "Checkpoint",
    "ClockPause",
    "Consent",
    "Cosignature",
    "Credential",
    "CriterionReading",
    "Decision",
    "Delivery",
    "DeliveryTry",
    "Dispute",
    "Draft",
    "DraftReviewRecord",
    "EndedClaim",
    "Endpoint",
    "Enrolment",
    "Extension",
    "Fingerprint",
    "FingerprintSet",
    "GithubCheck",
    "GoldSubmission",
    "IdempotencyRecord",
    "Invitation",
    "JobDeaths",
    "Ledger",
    "LedgerEntry",
    "LedgerNode",
    "Listing",
    "LtiGrade",
    "LtiKey",
    "LtiLaunch",
    "LtiPlacement",
    "LtiPlatform",
    "LtiUser",
    "Mail",
    "Mark",
    "Membership",
    "ModelCall",
    "Notification",
    "Offer",
    "OriginalityFacts",
    "Person",
    "Programme",
    "Receipt",
    "Rehearsal",
    "Release",
    "Revision",
    "Role",
    "Scope",
    "SignedStatusList",
    "Similarity",
    "SkillAssertion",
    "SourceToken",
    "Submission",
    "Upload",
    "VerificationEvent",
    "WorkerNote",
]
