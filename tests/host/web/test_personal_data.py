"""The pages of one's own data: confirmed, of nobody else, and signed out afterwards."""

import io
import zipfile

import pytest

from tests.host.web.test_sign_in import PASSWORD, person, sign_in

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site", "plain_passwords")]


def test_a_person_downloads_everything_as_a_file_that_nobody_keeps() -> None:
    from tests.host.people import everybody
    from tests.host.web.visits import client

    ada = client(everybody().ada)
    answer = ada.post("/account/data")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="jobtwin-data.zip"'
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert b"ada@example.org" in archive.read("account.json")


def test_erasing_asks_for_the_password_and_the_address_and_ends_every_session() -> None:
    from django.test import Client

    person()
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    assert (
        "/reauthenticate/" in here.post("/account/erase", {"address": "lea@example.org"}).headers["Location"]
    )
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert here.post("/account/erase", {"address": "no"}).status_code == 422
    assert here.post("/account/erase", {"address": "lea@example.org"}).headers["Location"] == "/"
    assert [one.get("/account/").status_code for one in (here, there)] == [302, 302]
    assert sign_in(Client()) == "200"
