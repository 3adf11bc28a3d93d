"""The outbox: once each, tried again, and never against somebody's will."""

import smtplib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives

    from jobtwin.store.models import Person

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


class Post:
    """A mail server that keeps what it takes and may fail first."""

    def __init__(self, *failures: Exception) -> None:
        self.taken: list[EmailMultiAlternatives] = []
        self._failures = list(failures)

    def send_messages(self, email_messages: "list[EmailMultiAlternatives]") -> int:
        if self._failures:
            raise self._failures.pop(0)
        self.taken += email_messages
        return len(email_messages)


def send(post: Post, now: datetime) -> int:
    from jobtwin.jobs.mail import send_mails

    return send_mails(post, clock=lambda: now)


def tell(person: "Person", key: str, now: datetime, kind: str = "decision_to_sign") -> bool:
    from jobtwin.services.notification import notify

    facts = {"title": "An exam", "path": "/marking/"}
    return notify(person=person, kind=kind, key=key, facts=facts, now=now)


@pytest.fixture
def not_duty(monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind that is nobody's duty."""
    from jobtwin.core import notification

    kind = notification.Kind("News of {title}", "There is news of {title}.")
    monkeypatch.setitem(notification.KINDS, "news", kind)
    return "news"


def test_a_thing_is_told_and_mailed_once_however_often_the_jobs_run() -> None:
    from tests.host.people import NOW, everybody

    people, post = everybody(), Post()
    assert tell(people.max, "one", NOW)
    assert not tell(people.max, "one", NOW + timedelta(hours=1))
    assert [send(post, NOW), send(post, NOW), send(post, NOW + timedelta(days=3))] == [1, 0, 0]
    mail = post.taken[0]
    assert mail.to == ["max@example.org"]
    assert mail.subject == "An exam: a decision waits for your signature"
    assert "http://127.0.0.1:8000/marking/" in mail.body
    assert "List-Unsubscribe" not in mail.extra_headers
    assert mail.alternatives[0][1] == "text/html"


def test_a_mail_is_in_the_language_that_its_reader_chose_and_the_thread_keeps_none_of_it() -> None:
    from django.utils.translation import get_language

    from jobtwin.core.instant import utc_words
    from jobtwin.services.notification import notify, set_mail_language
    from tests.host.people import NOW, everybody

    people, post = everybody(), Post()
    set_mail_language(person=people.max, language="de")
    people.max.refresh_from_db()
    facts = {"title": "Decided", "percent": "50", "due": utc_words(NOW), "path": "/marking/"}
    before = get_language()
    for person in (people.max, people.noor):
        notify(person=person, kind="seal_reminder", key="one", facts=facts, now=NOW)
        assert send(post, NOW) == 1
    german, english = post.taken
    assert get_language() == before
    assert german.subject == "Decided: 50 % Ihrer Zeit sind vorbei"
    assert "Ihre Bewertung von Decided ist fällig am 1. November 2026, 09:00 UTC." in german.body
    assert "Zum Arbeitsplatz: http://127.0.0.1:8000/marking/" in german.body
    assert "Was Ihnen wann gemailt wird" in german.body
    assert '<html lang="de">' in str(german.alternatives[0][0])
    assert english.subject == "Decided: 50 % of your time has passed"
    assert "is due 1 November 2026, 09:00 UTC." in english.body


def test_what_the_server_does_not_take_is_tried_again_with_the_same_message_id() -> None:
    from jobtwin.store.models import Mail
    from tests.host.people import NOW, everybody

    people, post = everybody(), Post(ConnectionRefusedError("nobody listens"), smtplib.SMTPException("busy"))
    tell(people.max, "one", NOW)
    assert send(post, NOW) == 0
    assert "nobody listens" in Mail.objects.get().error
    assert send(post, NOW + timedelta(seconds=59)) == 0
    assert send(post, NOW + timedelta(minutes=1)) == 0
    assert send(post, NOW + timedelta(minutes=6)) == 1
    assert post.taken[0].extra_headers["Message-ID"] == f"<{Mail.objects.get().pk}@jobtwin.localhost>"
    assert Mail.objects.get().error == ""


def test_a_mail_that_nobody_takes_is_given_up_and_shown_to_operators() -> None:
    from jobtwin.core.letter import WAITS
    from jobtwin.store.queries.notification import given_up_mails
    from tests.host.people import NOW, everybody

    people, now = everybody(), NOW
    tell(people.max, "one", now)
    post = Post(*[OSError("down")] * 20)
    for wait in (*WAITS, timedelta(0), timedelta(days=9)):
        send(post, now)
        now += wait
    assert given_up_mails(people.olga).get().tries == len(WAITS) + 1


def test_an_address_that_does_not_exist_is_not_tried_again() -> None:
    from jobtwin.store.models import Mail
    from tests.host.people import NOW, everybody

    people = everybody()
    tell(people.max, "one", NOW)
    post = Post(smtplib.SMTPRecipientsRefused({"max@example.org": (550, b"no such user")}))
    send(post, NOW)
    assert send(post, NOW + timedelta(days=1)) == 0
    assert Mail.objects.get().given_up_at == NOW


def test_a_worker_that_dies_while_sending_costs_a_delay_and_not_the_mail() -> None:
    from jobtwin.services.mail import gather_mails, take_mail
    from tests.host.people import NOW, everybody

    people, post = everybody(), Post()
    tell(people.max, "one", NOW)
    gather_mails(now=NOW)
    assert take_mail(now=NOW) is not None
    assert send(post, NOW) == 0
    assert send(post, NOW + timedelta(minutes=1)) == 1


def test_a_daily_mail_takes_all_but_duty_and_can_be_ended(not_duty: str) -> None:
    from jobtwin.services.notification import set_mail_pace
    from tests.host.people import NOW, everybody

    people, post = everybody(), Post()
    set_mail_pace(person=people.max, pace="daily")
    for number in range(3):
        tell(people.max, str(number), NOW, not_duty)
    tell(people.max, "sign", NOW)
    assert send(post, NOW) == 1
    assert send(post, NOW + timedelta(hours=21)) == 0
    assert send(post, NOW + timedelta(hours=22)) == 1
    digest = post.taken[1]
    assert digest.subject == "3 messages from Job Twin"
    assert digest.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    set_mail_pace(person=people.max, pace="none")
    tell(people.max, "more", NOW, not_duty)
    tell(people.max, "sign again", NOW)
    assert send(post, NOW + timedelta(days=3)) == 1
    assert "signature" in post.taken[2].subject


def test_without_a_mail_server_a_development_machine_writes_files_and_production_waits() -> None:
    from dataclasses import replace

    from django.conf import settings
    from django.test import override_settings

    from jobtwin.jobs.mail import send_mails
    from jobtwin.store.models import Mail
    from tests.host.people import NOW, everybody

    tell(everybody().max, "one", NOW)
    with override_settings(JOBTWIN=replace(settings.JOBTWIN, mode="production")):
        assert send_mails() == 0
    assert not Mail.objects.exists()
    assert send_mails() == 1
    written = list((settings.JOBTWIN.home / "mail").iterdir())
    assert any("An exam: a decision waits" in one.read_text() for one in written)
