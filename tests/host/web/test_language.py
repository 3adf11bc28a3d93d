"""The language of pages: who decides it, what it may be kept for, and what stays English."""

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}


def test_a_page_speaks_the_language_that_the_browser_prefers() -> None:
    from tests.host.web.visits import client, text_of

    page = client().get("/", headers=GERMAN)
    assert '<html lang="de" dir="ltr">' in text_of(page)
    assert "<h1>Prüfungen</h1>" in text_of(page)
    assert page.headers["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= {one.strip() for one in page.headers["Vary"].split(",")}
    unknown = client().get("/", headers={"accept-language": "tlh"})
    assert '<html lang="en" dir="ltr">' in text_of(unknown)


def test_what_was_chosen_at_the_foot_counts_more_than_the_browser() -> None:
    from tests.host.web.visits import client, text_of

    visitor = client()
    answer = visitor.post("/language", {"language": "de", "next": "/accounts/login/?next=/"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/accounts/login/?next=/")
    kept = answer.cookies["language"]
    assert (kept.value, kept["httponly"], kept["samesite"]) == ("de", True, "Lax")
    assert '<html lang="de"' in text_of(visitor.get("/", headers={"accept-language": "en"}))


def test_whoever_chooses_while_signed_in_gets_messages_and_mails_in_that_language() -> None:
    from jobtwin.services.notification import notify
    from tests.host.people import NOW, everybody
    from tests.host.web.visits import client, text_of

    people = everybody()
    notify(person=people.max, kind="decision_to_sign", key="one", facts={"title": "Small"}, now=NOW)
    visitor = client(people.max)
    visitor.post("/language", {"language": "de", "next": "/"})
    people.max.refresh_from_db()
    assert people.max.language == "de"
    assert "Small: Eine Entscheidung wartet auf Ihre Unterschrift" in text_of(visitor.get("/notifications"))


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""]
)
def test_the_choice_leads_to_no_other_site(to: str) -> None:
    from tests.host.web.visits import client

    answer = client().post("/language", {"language": "de", "next": to})
    assert answer.headers["Location"] == "/"


def test_a_language_that_is_not_offered_is_refused_and_nothing_is_kept() -> None:
    from tests.host.web.visits import client

    answer = client().post("/language", {"language": "../en", "next": "/"})
    assert (answer.status_code, len(answer.cookies)) == (400, 0)


def test_what_went_wrong_is_said_in_the_language_of_the_page_and_to_programs_in_english() -> None:
    from tests.host.people import everybody
    from tests.host.web.visits import client, text_of

    form = {"language": "../en", "next": "/"}
    assert "Diese Sprache wird hier nicht angeboten." in text_of(
        client().post("/language", form, headers=GERMAN)
    )
    learner = client(everybody().ada)
    nowhere = "/00000000-0000-0000-0000-000000000000"
    page = learner.get(f"/attempts{nowhere}", headers=GERMAN)
    assert "Es gibt keinen solchen Versuch von Ihnen." in text_of(page)
    answer = learner.get(f"/api/v1/attempts{nowhere}", headers=GERMAN)
    assert "Versuch" not in text_of(answer)


def test_a_public_page_reads_no_cookie_for_its_language() -> None:
    from tests.host.web.visits import client, text_of

    visitor = client()
    visitor.post("/language", {"language": "de", "next": "/"})
    page = visitor.get("/verify")
    assert '<html lang="en"' in text_of(page)
    assert page.headers["Vary"] == "Accept-Language"
    asked = client().get("/verify?lang=de")
    assert '<html lang="de"' in text_of(asked)
    assert asked.headers["ETag"] != page.headers["ETag"]
    assert asked.headers["Content-Language"] == "de"
    assert '<html lang="de"' in text_of(client().get("/verify", headers=GERMAN))


def test_programs_are_answered_in_english() -> None:
    from tests.host.web.visits import client

    asked, plain = client().get("/api/v1/attempts", headers=GERMAN), client().get("/api/v1/attempts")
    assert (asked.status_code, asked.json()["title"]) == (401, plain.json()["title"])
    assert "Accept-Language" not in asked.headers.get("Vary", "")


def test_errors_are_told_in_the_language_of_the_reader() -> None:
    from tests.host.web.visits import client, text_of

    assert "<h1>Hier ist nichts</h1>" in text_of(client().get("/nowhere", headers=GERMAN))


def test_times_shares_and_counts_follow_the_language() -> None:
    from datetime import timedelta
    from decimal import Decimal

    from django.utils.translation import override

    from jobtwin.web.shown.time import duration, moment
    from jobtwin.web.templatetags.exam import percent, words
    from tests.host.people import NOW

    with override("de"):
        assert percent(Decimal("0.125")) == "12,5\N{NO-BREAK SPACE}%"
        assert duration(timedelta(days=1, hours=2)) == "1 Tag, 2 Stunden"
        assert moment(NOW).endswith("UTC")
        assert ". November 2026" in moment(NOW) or ". Dezember 2026" in moment(NOW)
        assert (words("not_met"), words("a_strangers_word")) == ("nicht erfüllt", "a strangers word")
    with override("en"):
        assert (percent(Decimal("0.125")), words("not_met")) == ("12.5%", "not met")


def test_a_visit_to_every_page_of_the_exam_in_german_shows_no_fault() -> None:
    from tests.host.web.test_access import GET, finished
    from tests.host.web.visits import client, text_of

    case, people = finished()
    for who in ("ada", "max", "olga"):
        visitor = client(people[who])  # type: ignore[arg-type]  # a person
        for name in GET:
            answer = visitor.get(case.address(name), headers=GERMAN)
            if answer.headers.get("Content-Type", "").startswith("text/html") and "<html" in text_of(answer):
                assert '<html lang="de" dir="ltr">' in text_of(answer), name
