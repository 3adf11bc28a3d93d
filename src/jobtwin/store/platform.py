"""What this installation is wired with, from Django's settings: keys, artefacts, sources, randomness."""

import hmac
import os
import secrets
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import storages

from jobtwin.core.claim import ClaimRules
from jobtwin.core.gold import CalibrationPolicy
from jobtwin.core.webhook import WebhookRules
from jobtwin.outside.client import LIMITS as CLIENT_LIMITS
from jobtwin.outside.client import Client
from jobtwin.outside.github import GithubApp
from jobtwin.outside.settings import RequestSettings
from jobtwin.proofs.checkpoint import Checkpoint, sign_checkpoint
from jobtwin.proofs.did import IssuerProfile
from jobtwin.proofs.key_source import EnvironmentKeys, HeldKeys, KeySource
from jobtwin.proofs.keys import LEDGER, PLATFORM_PURPOSES, WITNESS, KeyRing
from jobtwin.proofs.note import VerifierKey
from jobtwin.proofs.vault import Key
from jobtwin.source.address import SourcePolicy
from jobtwin.source.archive import ArchiveLimits
from jobtwin.source.git import GitSettings
from jobtwin.source.login import LoginRules
from jobtwin.store.artefacts import Artefacts
from jobtwin.verification.needs import Needs

random_bytes = secrets.token_bytes
_held = HeldKeys()


def artefacts() -> Artefacts:
    """Where files are kept."""
    bucket = storages["artefacts"] if "artefacts" in settings.STORAGES else None
    return Artefacts(settings.JOBTWIN.artefacts, bucket)


def calibration_policy() -> CalibrationPolicy | None:
    """The rule that keeps mentors in rotation, None where this installation has none."""
    found: CalibrationPolicy | None = settings.JOBTWIN.calibration
    return found


def verification_needs() -> Needs:
    """What this installation insists on from the workers that verify."""
    found: Needs = settings.JOBTWIN.needs
    return found


def control_seed(mentor: int) -> bytes:
    """The secret by which a share of this mentor's work becomes controls."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"controls:{mentor}".encode(), "sha256")


def keys() -> KeySource:
    """The platform's own keys: from the environment where it has them, else from the folder."""
    if settings.JOBTWIN.public_keys:
        return EnvironmentKeys(settings.JOBTWIN.public_keys, settings.JOBTWIN.key_variables)
    return key_ring()


def active_key(purpose: str) -> Key:
    """The active key of a purpose, held while the list of keys stays as it is. Raises NotFound, BadInput."""
    return _held.load(keys(), purpose)


def key_ring() -> KeyRing:
    """The platform's list of keys and its vault, which make and rotate them."""
    ring: KeyRing = settings.JOBTWIN.key_ring()
    return ring


def witness_ring() -> KeyRing:
    """The witness's keys. In production somebody else holds them and this folder does not exist here."""
    return KeyRing(settings.JOBTWIN.witness_keys)


def make_keys(*, now: datetime) -> None:
    """Makes every key that is missing; in development the witness's too, for a second signature.

    Keys of the environment are made elsewhere.
    """
    if not settings.JOBTWIN.public_keys:
        key_ring().init(PLATFORM_PURPOSES, now=now)
    if not settings.JOBTWIN.production:
        witness_ring().init([WITNESS], now=now)


def host() -> str:
    """The issuer's host, which origins of ledgers begin with."""
    return urlsplit(settings.JOBTWIN.issuer).netloc


def issuer() -> IssuerProfile:
    """Who issues credentials here."""
    return IssuerProfile.at(settings.JOBTWIN.issuer, name="Job Twin")


def signers() -> tuple[tuple[str, str, KeySource], ...]:
    """Who signs checkpoints (name, purpose, keys): the platform, and the witness where its key is here."""
    platform = (f"{host()}/ledger", LEDGER, keys())
    if not settings.JOBTWIN.witness_keys.exists():
        return (platform,)
    return (platform, (f"{host()}/witness", WITNESS, witness_ring()))


def sign(tree: Checkpoint) -> str:
    """A ledger's checkpoint as a note with the signatures of all `signers`."""
    return sign_checkpoint(tree, [(name, _held.load(source, purpose)) for name, purpose, source in signers()])


def archive_limits() -> ArchiveLimits:
    """What an uploaded archive may be."""
    return replace(ArchiveLimits(), upload_bytes=settings.JOBTWIN.upload_bytes)


def source_policy() -> SourcePolicy:
    """What the web takes as a source: public https, and in development what the operator named."""
    environment = settings.JOBTWIN
    return SourcePolicy(loopback=environment.loopback_sources, local_sources=environment.local_sources)


def claim_rules() -> ClaimRules:
    """How many claims a mentor may hold, and for how long past their end."""
    rules: ClaimRules = settings.JOBTWIN.claims
    return rules


def webhook_rules() -> WebhookRules:
    """What deliveries of events may cost, and when an endpoint is turned off."""
    rules: WebhookRules = settings.JOBTWIN.webhooks
    return rules


def login_rules() -> LoginRules:
    """For which git hosts learners may give a token, and its limits."""
    rules: LoginRules = settings.JOBTWIN.logins
    return rules


def github_app() -> GithubApp | None:
    """The App by which repositories are told what was verified, None where none is set."""
    app: GithubApp | None = settings.JOBTWIN.github_app
    return app


def outside_client() -> Client:
    """How learning platforms and GitHub are asked: public addresses alone, and what development allows."""
    network = GitSettings.from_environment(os.environ)
    return Client(RequestSettings(CLIENT_LIMITS, network, settings.JOBTWIN.loopback_platforms))


def outside_witness() -> tuple[VerifierKey, ...]:
    """The keys of a witness who signs elsewhere; none where its key is here, or nobody witnesses."""
    keys: tuple[VerifierKey, ...] = settings.JOBTWIN.witness
    return keys
