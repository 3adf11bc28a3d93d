"""What somebody meets who comes for the first time: a way on from every page, and words for what is empty."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site", "plain_passwords")]
PASSWORD = "a long and dull password"


@pytest.fixture
def people() -> "People":
    from tests.host.people import everybody

    return everybody()


@pytest.mark.parametrize(
    ("who", "more", "where"),
    [
        ("ada", {}, "/"),
        ("max", {}, "/marking/"),
        ("olga", {}, "/operations/"),
        ("max", {"next": "/account/"}, "/account/"),
        ("max", {"next": "https://elsewhere.example/"}, "/marking/"),
    ],
)
def test_who_signs_in_arrives_at_the_own_work_or_where_they_were_going(
    people: "People", who: str, more: dict[str, str], where: str
) -> None:
    from tests.host.web.visits import client

    person = getattr(people, who)
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    form = {"login": person.email, "password": PASSWORD}
    assert client().post("/accounts/login/", form | more).headers["Location"] == where


def test_an_employer_finds_the_way_from_the_front_page() -> None:
    from tests.host.web.visits import client, text_of

    front = text_of(client().get("/"))
    for address in ("/verify", "/holders", "/issuer"):
        assert f'href="{address}"' in front
        assert client().get(address).status_code == 200


def test_verifying_without_us_names_where_the_files_are() -> None:
    from tests.host.web.visits import client, text_of

    page = text_of(client().get("/verify"))
    for address in ("/.well-known/did.json", "/status/0"):
        assert f'href="{address}' in page


def test_figures_of_nothing_are_one_sentence(people: "People") -> None:
    from jobtwin.services.brief import publish_brief
    from tests.host.people import NOW, exam
    from tests.host.web.visits import client, text_of

    publish_brief(brief=exam(), now=NOW)
    page = text_of(client(people.olga).get("/operations/agreement"))
    assert "No decision of this exam is signed yet" in page
    assert "hidden: 0 of 30" not in page


def test_a_learner_reads_how_to_run_a_check_alone(people: "People") -> None:
    from tests.host.people import started
    from tests.host.web.visits import client, text_of

    page = text_of(client(people.ada).get(f"/attempts/{started(people.ada).pk}"))
    assert "<code>jobtwin verify . --only F1</code>" in page
