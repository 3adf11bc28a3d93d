"""Issuing again, suspending, consent, and status lists that are signed no more often than they must."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobtwin.proofs.verification import Verification
    from jobtwin.store.models import Credential

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]

LATER = timedelta(hours=9)


def passed() -> "Credential":
    """Ada's credential, issued by keys that were made for it."""
    from jobtwin.services.credential import issue_credential
    from jobtwin.services.decision import sign_off
    from jobtwin.store.models import Decision
    from jobtwin.store.platform import make_keys
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer

    make_keys(now=NOW)
    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    sign_off(
        decision=Decision.objects.get(),
        mentor=people.max,
        skills={"ops.design": "0.80"},
        now=NOW,
        writer=ledgers,
    )
    return issue_credential(attempt_id=submission.attempt_id, now=NOW)


def checked(credential: "Credential") -> "Verification":
    """What the verifier says an instant after LATER."""
    from jobtwin.web.shown.credential import check_now
    from tests.host.people import NOW

    return check_now(credential, NOW + LATER + timedelta(minutes=1))


def test_a_corrected_credential_revokes_the_former_and_leads_on_from_it() -> None:
    from jobtwin.services.credential import issue_credential, reissue_credential
    from jobtwin.store.models import Credential, Person
    from tests.host.people import NOW

    former = passed()
    Person.objects.filter(email="ada@example.org").update(name="Ada Lovelace")
    fresh = reissue_credential(credential=former, reason="The name was misspelled.", now=NOW + LATER)

    former.refresh_from_db()
    assert (former.revocation_reason, fresh.replaces_id) == ("The name was misspelled.", former.pk)
    assert former.replaced_by == fresh
    assert (checked(former).code, checked(fresh).code) == ("REVOKED", "")
    old, new = (one.document["credentialSubject"] for one in (former, fresh))
    assert old["id"] == new["id"]
    assert old["identifier"] != new["identifier"]
    assert issue_credential(attempt_id=former.attempt_id, now=NOW) == fresh
    assert Credential.objects.filter(revoked_at__isnull=True).count() == 1


def test_a_credential_is_replaced_once_and_with_a_reason() -> None:
    from jobtwin.core.errors import Conflict, Refused
    from jobtwin.services.credential import reissue_credential
    from tests.host.people import NOW

    former = passed()
    with pytest.raises(Refused, match="corrects"):
        reissue_credential(credential=former, reason=" ", now=NOW)
    reissue_credential(credential=former, reason="x", now=NOW)
    with pytest.raises(Conflict, match="replaced already"):
        reissue_credential(credential=former, reason="y", now=NOW)


def test_a_revoked_credential_is_not_issued_again_by_the_job() -> None:
    from jobtwin.services.credential import issue_credential, reissue_credential, revoke_credential
    from tests.host.people import NOW

    one = passed()
    revoke_credential(credential=one, reason="Plagiarism.", now=NOW)
    assert issue_credential(attempt_id=one.attempt_id, now=NOW) == one
    fresh = reissue_credential(credential=one, reason="The finding was wrong.", now=NOW + LATER)
    one.refresh_from_db()
    assert one.revocation_reason == "Plagiarism."
    assert checked(fresh).valid


def test_the_database_refuses_two_live_credentials_and_acts_without_a_reason() -> None:
    from django.db import IntegrityError, transaction

    from jobtwin.store.models import Credential
    from tests.host.people import NOW

    one = passed()
    with pytest.raises(IntegrityError, match="credential_live_once"), transaction.atomic():
        Credential.objects.create(
            attempt=one.attempt, document={}, jwt="", status_index=one.status_index + 1, issued_at=NOW
        )
    for field, name in (("revoked_at", "credential_revoked"), ("suspended_at", "credential_suspended")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Credential.objects.filter(pk=one.pk).update(**{field: NOW})


def test_a_suspension_is_shown_and_changes_no_document() -> None:
    from jobtwin.core.errors import Conflict, Refused
    from jobtwin.services.credential import lift_suspension, revoke_credential, suspend_credential
    from jobtwin.store.queries.issued import issued_at
    from jobtwin.web.shown.credential import state_of
    from tests.host.people import NOW

    one = passed()
    with pytest.raises(Refused, match="why"):
        suspend_credential(credential=one, reason="", now=NOW)
    suspend_credential(credential=one, reason="An appeal is open.", now=NOW + LATER)
    state = state_of(issued_at(one.pk), checked(one))
    assert (state.word, state.good, state.why) == ("under appeal", False, "An appeal is open.")
    assert checked(one).valid
    with pytest.raises(Conflict):
        suspend_credential(credential=one, reason="again", now=NOW)
    lift_suspension(credential=one, now=NOW)
    with pytest.raises(Conflict):
        lift_suspension(credential=one, now=NOW)
    assert state_of(issued_at(one.pk), checked(one)).good
    revoke_credential(credential=one, reason="x", now=NOW)
    with pytest.raises(Conflict):
        suspend_credential(credential=one, reason="late", now=NOW)


def test_every_act_on_a_credential_stands_in_the_audit_without_its_reason() -> None:
    from jobtwin.services.credential import lift_suspension, reissue_credential, suspend_credential
    from jobtwin.store.models import AuditEntry, Person
    from tests.host.people import NOW

    one = passed()
    olga = Person.objects.get(email="olga@example.org")
    suspend_credential(credential=one, reason="Plagiarism?", now=NOW)
    lift_suspension(credential=one, actor=olga, now=NOW)
    fresh = reissue_credential(credential=one, reason="The name was misspelled.", actor=olga, now=NOW)
    acts = AuditEntry.objects.filter(what__startswith="credential_").order_by("pk")
    assert [(act.what, act.actor, act.subject) for act in acts] == [
        ("credential_issued", None, f"credential {one.pk}"),
        ("credential_suspended", None, f"credential {one.pk}"),
        ("credential_reinstated", olga, f"credential {one.pk}"),
        ("credential_revoked", olga, f"credential {one.pk}"),
        ("credential_issued", olga, f"credential {fresh.pk}"),
    ]
    assert acts[4].facts == {"replaces": str(one.pk)}
    assert {(act.programme_id, act.reason) for act in acts} == {(one.attempt.programme_id, "")}


def test_consent_is_the_learners_and_can_be_taken_back() -> None:
    from jobtwin.core.errors import Conflict, NotFound
    from jobtwin.services.consent import give_consent, withdraw_consent
    from jobtwin.store.models import Consent, Person
    from jobtwin.store.queries.issued import issued_at
    from tests.host.people import NOW

    one = passed()
    ada, max_ = (Person.objects.get(email=f"{name}@example.org") for name in ("ada", "max"))
    assert not issued_at(one.pk).public
    with pytest.raises(NotFound):
        give_consent(attempt=one.attempt, learner=max_, now=NOW)
    given = give_consent(attempt=one.attempt, learner=ada, now=NOW)
    assert give_consent(attempt=one.attempt, learner=ada, now=NOW + LATER) == given
    assert issued_at(one.pk).public
    withdraw_consent(attempt=one.attempt, learner=ada, now=NOW + LATER)
    assert not issued_at(one.pk).public
    with pytest.raises(Conflict):
        withdraw_consent(attempt=one.attempt, learner=ada, now=NOW + LATER)
    give_consent(attempt=one.attempt, learner=ada, now=NOW + LATER)
    assert Consent.objects.count() == 2


def test_a_status_list_is_signed_again_only_when_it_must() -> None:
    from jobtwin.core.errors import NotFound
    from jobtwin.services.credential import revoke_credential
    from jobtwin.services.status_list import current_status_list
    from jobtwin.store import platform
    from tests.host.people import NOW

    one = passed()
    first = current_status_list(number=0, now=NOW)
    assert current_status_list(number=0, now=NOW + timedelta(days=3)) == first
    renewed = current_status_list(number=0, now=NOW + timedelta(days=4))
    assert renewed["validFrom"] != first["validFrom"]
    revoke_credential(credential=one, reason="x", now=NOW + timedelta(days=4))
    told = current_status_list(number=0, now=NOW + timedelta(days=4))
    assert told["credentialSubject"] != renewed["credentialSubject"]
    platform.key_ring().rotate("issuer-ed25519", now=NOW + timedelta(days=4))
    rotated = current_status_list(number=0, now=NOW + timedelta(days=4))
    assert rotated["credentialSubject"] == told["credentialSubject"]
    assert rotated["proof"] != told["proof"]
    with pytest.raises(NotFound):
        current_status_list(number=1, now=NOW)


def test_a_full_list_is_followed_by_another(tmp_path: object) -> None:
    from jobtwin.proofs.status_list import LIST_ENTRIES
    from jobtwin.services.status_list import current_status_list
    from jobtwin.store.models import Credential
    from jobtwin.store.queries.credential import newest_list
    from jobtwin.web.shown.credential import check_bytes
    from tests.host.people import NOW

    one = passed()
    Credential.objects.filter(pk=one.pk).update(status_index=LIST_ENTRIES + 7)
    assert newest_list() == 1
    assert str(current_status_list(number=1, now=NOW)["id"]).endswith("/status/1")
    assert check_bytes(one.jwt.encode(), NOW + LATER).valid, "its own list is found by trying each"


def test_what_a_lost_key_signed_is_found_and_issued_again() -> None:
    from jobtwin.services.credential import reissue_credential
    from jobtwin.store import platform
    from jobtwin.store.queries.credential import key_ids, signed_with
    from jobtwin.store.queries.issued import issued_at
    from jobtwin.web.shown.credential import state_of
    from tests.host.people import NOW

    one, ring = passed(), platform.key_ring()
    lost = key_ids(one)[0]
    ring.revoke(lost, at=NOW, reason="stolen")
    platform.make_keys(now=NOW)
    state = state_of(issued_at(one.pk), checked(one))
    assert (state.good, state.code) == (False, "KEY_REVOKED")
    assert "compromised" in state.why
    assert signed_with(lost) == [one]
    fresh = reissue_credential(credential=one, reason="Its signing key was lost.", now=NOW + LATER)
    assert checked(fresh).valid
    assert signed_with(lost) == []


def test_levels_that_the_exam_publishes_stand_in_the_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    from jobtwin.core.brief import parse_brief
    from jobtwin.web.shown.credential import levels_reached
    from tests.core.test_brief import LEVELS
    from tests.exams import brief_document, dimension

    rubric = {
        "pass_mark": "0.75",
        "dimensions": [dimension("quality", "0.60") | {"levels": LEVELS}, dimension("reflection", "0.40")],
    }
    exam = parse_brief(brief_document(rubric=rubric))
    monkeypatch.setattr("tests.host.people.exam", lambda: exam)
    credential = passed()
    results = {one["resultDescription"]: one for one in credential.document["credentialSubject"]["result"]}
    (level,) = [one for name, one in results.items() if name.endswith("#rubric-quality")]
    assert level["achievedLevel"].endswith("#rubric-quality-b")
    assert levels_reached(credential.attempt) == [("Quality", "Sound")]
    assert checked(credential).valid
