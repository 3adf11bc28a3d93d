"""Taking data along and erasing it: complete, of one person alone, and no ledger breaks."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobtwin.core.errors import BadInput, NotFound, Refused

if TYPE_CHECKING:
    from jobtwin.store.models import Person

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def exported(person: "Person", **parts: Any) -> dict[str, bytes]:
    from jobtwin.services.personal_data import export_data
    from tests.host.people import NOW

    file = io.BytesIO()
    export_data(person=person, into=file, now=parts.get("now", NOW))
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_export_holds_everything_of_one_person_and_nothing_of_another() -> None:
    import hashlib

    from jobtwin.store.models import Person
    from tests.host.services.test_credentials import passed

    attempt = passed().attempt
    files = exported(attempt.learner)
    names = {name.replace(f"attempts/{attempt.pk}/", "") for name in files}
    assert names >= {
        "manifest.json", "account.json", "acts.json", "attempt.json", "brief.json", "drafts.json",
        "receipts/start.json", "receipts/submit.json", "submission.json",
        "checks.json", "progress.json", "result.json",
    }  # fmt: skip
    manifest = json.loads(files["manifest.json"])
    assert manifest["files"] == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != "manifest.json"
    }
    everything = b"".join(files.values()).decode()
    assert "ada@example.org" in everything
    assert all(one.email not in everything for one in Person.objects.exclude(pk=attempt.learner.pk))


def test_marks_are_in_no_export_before_the_result_is_shown() -> None:
    from tests.host.people import claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    for mentor in (people.max, people.noor):
        sealed(claimed(submission, mentor), "0.80", ledgers)
    files = exported(people.ada)
    assert not [name for name in files if name.endswith("result.json")]
    assert b"Seen and weighed" not in b"".join(files.values())


def test_nobody_exports_without_end() -> None:
    from jobtwin.services.personal_data import MOST_A_DAY
    from tests.host.people import NOW, everybody

    ada = everybody().ada
    for _ in range(MOST_A_DAY):
        exported(ada)
    with pytest.raises(Refused, match="tomorrow"):
        exported(ada)
    exported(ada, now=NOW + timedelta(days=2))


def test_after_erasure_nothing_names_the_person_and_every_ledger_verifies(tmp_path: Path) -> None:
    from jobtwin.services.erasure import erase_person
    from jobtwin.store.models import Credential, Ledger, Person
    from jobtwin.store.queries.issued import issued_at
    from jobtwin.store.queries.ledger import export_ledger
    from tests.host.people import NOW
    from tests.host.services.test_credentials import passed

    credential = passed()
    ada = credential.attempt.learner
    before = tmp_path / "before"
    ledgers = list(Ledger.objects.all())
    for ledger in ledgers:
        export_ledger(ledger, before / ledger.name)
    erase_person(person=ada, confirmation=" ADA@example.org ", now=NOW)
    left = everything_kept()
    for word in ("ada@example.org", "Ada", "git.example.org/ada", "Seen and weighed"):
        assert word not in left, word
    for ledger in ledgers:
        export_ledger(ledger, tmp_path / "after" / ledger.name)
        same = [
            (tmp_path / when / ledger.name / "entries.jsonl").read_bytes() for when in ("before", "after")
        ]
        assert same[0] == same[1]
    assert not Person.objects.get(pk=ada.pk).is_active
    with pytest.raises(NotFound):
        issued_at(credential.pk)
    assert Credential.objects.get().revoked_at is None


def test_erasure_takes_originality_rows_of_the_person_and_leaves_those_of_others() -> None:
    from jobtwin.services.erasure import erase_person
    from jobtwin.services.originality import record_fingerprints, record_originality, record_similarity
    from jobtwin.store.models import Fingerprint, OriginalityFacts, Person, Similarity, Submission
    from tests.host.people import NOW, submitted
    from tests.host.services.test_credentials import passed

    ada = passed().attempt.learner
    hers, sams = Submission.objects.get(), submitted(Person.objects.get(email="sam@example.org"))
    span = {"path": "a.py", "line_start": 1, "line_end": 2, "text": "a line that only Ada wrote"}
    for one, hashes in ((hers, (1, 2)), (sams, (2, 3))):
        record_fingerprints(submission=one, brief_id="small", hashes=hashes, now=NOW)
        record_originality(submission=one, document={"history": []}, now=NOW)
    places = [{"first": span, "second": span, "prints": 1}]
    record_similarity(submission=hers, other=sams.pk, shared=1, places=places, now=NOW)
    assert "only Ada wrote" in everything_kept()
    erase_person(person=ada, confirmation="ada@example.org", now=NOW)
    assert "only Ada wrote" not in everything_kept()
    assert not Similarity.objects.exists()
    assert [facts.submission_id for facts in OriginalityFacts.objects.all()] == [sams.pk]
    assert sorted(Fingerprint.objects.values_list("hash", flat=True)) == [2, 3]


def test_an_erased_appeal_leaves_no_word_and_an_open_one_is_decided_first() -> None:
    from jobtwin.services.appeal import open_appeal, record_replay, sign_appeal
    from jobtwin.services.erasure import erase_person
    from jobtwin.services.person import add_person
    from jobtwin.store.models import Appeal, Role
    from tests.host.people import claimed, everybody, sealed, writer
    from tests.host.services.test_appeals import WHY, at, decided

    people, ledgers = everybody(), writer()
    lou = add_person(email="lou@example.org", name="Lou", role=Role.MENTOR)
    submission = decided(people, "0.80", ledgers)
    appeal = open_appeal(attempt=submission.attempt, learner=people.ada, reason=WHY, now=at(6))
    with pytest.raises(Refused, match="appeal is being marked"):
        erase_person(person=people.ada, confirmation="ada@example.org", now=at(6))
    record_replay(appeal=appeal, found={"done": False, "why": "REPLAYED-WORD"}, now=at(7))
    for mentor in (people.kit, lou):
        sealed(claimed(submission, mentor, hours=8), "0.80", ledgers, hours=9)
    appeal.refresh_from_db()
    sign_appeal(appeal=appeal, mentor=people.kit, skills={"ops.design": "0.80"}, now=at(10), writer=ledgers)
    assert WHY in exported(people.ada)[f"attempts/{submission.attempt_id}/appeal.json"].decode()
    erase_person(person=people.ada, confirmation="ada@example.org", now=at(11))
    left = everything_kept()
    assert [word for word in (WHY, "REPLAYED-WORD", "Seen and weighed") if word in left] == []
    assert Appeal.objects.get().former["overall"] == "0.80"


def test_copies_of_erased_gold_are_erased_too_and_what_nobody_marked_is_gone() -> None:
    from jobtwin.services.calibration import open_run
    from jobtwin.services.erasure import erase_person
    from jobtwin.store.models import CalibrationCase, GoldSubmission, Mark, Notification, Person, Submission
    from jobtwin.store.queries.calibration import open_cases
    from tests.host.gold import gold_set, sealed_like
    from tests.host.people import NOW, claimed, everybody

    people = everybody()
    first, second = gold_set(people)[:2]
    open_run(mentor=people.noor, brief_id="small", now=NOW)
    copies = {case.gold_id: case.submission for case in CalibrationCase.objects.all()}
    sealed_like(copies[first.pk], people.noor, "0.20")
    claimed(copies[second.pk], people.noor)
    for gold in (first, second):
        Submission.objects.filter(pk__in=[gold.submission_id, copies[gold.pk].pk]).update(notes="MY-WORDS")
        learner = Person.objects.get(attempts__submission=gold.submission_id)
        erase_person(person=learner, confirmation=learner.email, now=NOW)
    assert "MY-WORDS" not in everything_kept()
    assert GoldSubmission.objects.filter(retired_at__isnull=True).count() == 4
    assert not Submission.objects.filter(pk=copies[second.pk].pk).exists()
    assert Mark.objects.get(submission=copies[first.pk]).comments == {}
    assert Notification.objects.get(person=people.noor, kind="claim_ended").facts["why"].startswith("it was")
    assert open_cases(people.noor, "small") == 4


def test_a_mentor_takes_marks_along_and_reasons_that_speak_of_them_are_erased() -> None:
    from jobtwin.services.claim import release_claim
    from jobtwin.services.erasure import erase_person
    from jobtwin.services.invitation import invite
    from jobtwin.services.pause import pause_clock
    from jobtwin.store.models import ClockPause, Programme, Role
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer

    people, day = everybody(), timedelta(days=1)
    submission = verified(people.ada)
    sealed(claimed(submission, people.max), "0.80", writer())
    release_claim(mark=claimed(submission, people.noor), reason="A cousin of hers.", now=NOW)
    everyone = Programme.objects.get()
    pause_clock(
        programme=everyone, start=NOW, end=NOW + day, reason="In hospital.", operator=people.olga, now=NOW,
        mentor=people.noor,
    )  # fmt: skip
    invite(programme=everyone, role=Role.OPERATOR, email="Noor@example.org", actor=people.olga, now=NOW)
    words = ("Seen and weighed.", "A cousin of hers.", "In hospital.")
    for mentor, own in ((people.max, words[:1]), (people.noor, words[1:])):
        text = exported(mentor)["marking.json"].decode()
        assert tuple(word for word in words if word in text) == own
    erase_person(person=people.noor, confirmation="noor@example.org", now=NOW)
    left = everything_kept()
    assert [word for word in ("noor@", "Noor", "hospital", "cousin") if word in left] == []
    assert ClockPause.objects.get().end == NOW + day


ASKED = {
    "erased, or emptied of words": "ApiToken Appeal Attempt CheckRecord ClockPause Consent Credential"
    " Delivery DeliveryTry Dispute Draft DraftReviewRecord EndedClaim Fingerprint FingerprintSet GithubCheck"
    " IdempotencyRecord Invitation Listing LtiGrade LtiLaunch LtiPlacement LtiUser Mail Mark Membership"
    " Notification OriginalityFacts Person Rehearsal Revision Similarity SourceToken"
    " Submission Upload VerificationEvent",
    "kept: numbers, instants, hashes, verdicts": "CalibrationCase CalibrationOpening Checkpoint Cosignature"
    " CriterionReading Decision GoldSubmission Ledger LedgerEntry LedgerNode ModelCall Receipt"
    " SignedStatusList SkillAssertion",
    "kept: append-only, said in docs/personal-data.md": "AuditEntry Extension",
    "of programmes, nobody's": "BriefVersion Endpoint JobDeaths LtiKey LtiPlatform Offer Programme"
    " WorkerNote",
}
"""What erasure does with the rows of each model. A new model asks its question here."""


def test_of_every_model_it_is_decided_what_erasure_does_with_it() -> None:
    from django.apps import apps

    decided = [name for names in ASKED.values() for name in names.split()]
    models = [one.__name__ for one in apps.get_app_config("store").get_models()]
    assert sorted(decided) == sorted(models)


def everything_kept() -> str:
    """Every row of our tables as text, but of the jobs that are waiting."""
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if not table.startswith(("procrastinate", "django_migrations")):
                cursor.execute(f'SELECT t::text FROM "{table}" AS t')  # noqa: S608  names of the database itself
                found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_what_must_not_be_erased_yet_is_told() -> None:
    from jobtwin.services.erasure import erase_person
    from tests.host.people import NOW, claimed, everybody, verified

    people = everybody()
    with pytest.raises(BadInput, match="type your e-mail"):
        erase_person(person=people.sam, confirmation="yes", now=NOW)
    claimed(verified(people.ada), people.max)
    for person, said in ((people.ada, "marked"), (people.max, "unsealed"), (people.olga, "last operator")):
        with pytest.raises(Refused, match=said):
            erase_person(person=person, confirmation=person.email, now=NOW)


def test_what_was_kept_long_enough_goes_once_and_is_counted() -> None:
    from jobtwin.core.retention import Retention
    from jobtwin.services.check import record_event
    from jobtwin.services.retention import keep_no_longer
    from jobtwin.services.token import make_token
    from jobtwin.store.models import AuditEntry, Draft, Receipt, VerificationEvent
    from tests.host.people import NOW
    from tests.host.services.test_credentials import passed

    attempt = passed().attempt
    for version in (1, 2):
        Draft.objects.create(attempt=attempt, version=version, body={}, saved_at=NOW)
    record_event(submission=attempt.submission, phase="x", kind="log", text="", now=NOW)
    make_token(person=attempt.learner, name="x", scopes=["exam:read"], days=1, now=NOW)
    receipts, years = Receipt.objects.count(), NOW + timedelta(days=800)
    kept = keep_no_longer(retention=Retention(0, 0, 0, 0, 0, 0), now=years)
    assert {name: count for name, count in kept.items() if count} == {}
    found = keep_no_longer(retention=Retention(files=1), now=years)
    assert (found["drafts"], found["progress"], found["tokens"], found["files"]) == (1, 1, 1, 1)
    assert Draft.objects.get().version == 2
    assert (Receipt.objects.count(), VerificationEvent.objects.count()) == (receipts, 0)
    assert AuditEntry.objects.get(what="retention").facts == {
        name: count for name, count in found.items() if count
    }
    again = keep_no_longer(retention=Retention(files=1), now=years)
    assert set(again.values()) == {0}
