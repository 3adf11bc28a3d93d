"""People by list: looked at first, invited once, and safe to open in a spreadsheet."""

import csv
import io
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

PAGE = "/operations/programmes/default/people"
LIST = "email,role\nnew@example.org,\n+tag@example.org,mentor\nMAX@example.org,mentor\n"


@pytest.fixture
def people() -> "People":
    from tests.host.people import everybody

    return everybody()


def rows_of(content: bytes) -> list[list[str]]:
    """The lines of a CSV file under its heading."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]


def test_a_list_is_looked_at_first_and_changes_nothing(people: "People") -> None:
    from jobtwin.store.models import AuditEntry, Invitation
    from tests.host.web.visits import client, text_of

    page = text_of(client(people.olga).post(PAGE, {"text": LIST}))
    assert "2 of 3 would get an invitation" in page
    assert page.count("is a member already") == 1
    assert not Invitation.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_list_is_done_once_and_gives_links_that_work(people: "People") -> None:
    from jobtwin.store.models import AuditEntry, Invitation
    from tests.host.web.visits import client, text_of

    olga = client(people.olga)
    answer = olga.post(PAGE, {"text": LIST, "do": "import"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    links = rows_of(answer.content)
    assert [row[:2] for row in links] == [["new@example.org", "learner"], ["'+tag@example.org", "mentor"]]
    assert client(people.sam).get(links[0][2].removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert "Nothing changed" in text_of(olga.post(PAGE, {"text": LIST, "do": "import"}))
    assert Invitation.objects.count() == 2
    acts = AuditEntry.objects.filter(what="people_imported").order_by("pk")
    assert [one.facts["invite"] for one in acts] == [2, 0]


def test_new_links_end_the_old_ones(people: "People") -> None:
    from jobtwin.store.models import Invitation
    from tests.host.web.visits import client

    olga, sam = client(people.olga), client(people.sam)
    form = {"text": "email\nnew@example.org", "do": "import"}
    first = rows_of(olga.post(PAGE, form).content)[0][2].removeprefix("http://127.0.0.1:8000")
    second = rows_of(olga.post(PAGE, form | {"renew": "yes"}).content)[0][2]
    assert sam.get(first).status_code == 404
    assert sam.get(second.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert Invitation.objects.filter(revoked_at__isnull=True).count() == 1


def test_a_mistake_in_a_file_invites_nobody(people: "People") -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from jobtwin.store.models import Invitation
    from tests.host.web.visits import client, text_of

    file = SimpleUploadedFile("people.csv", b"email,role\nnew@example.org,\n<b>,mentor\n")
    answer = client(people.olga).post(PAGE, {"file": file, "do": "import"})
    assert answer.status_code == 422
    assert "line 3: &#x27;&lt;b&gt;&#x27; is not an e-mail address" in text_of(answer)
    assert not Invitation.objects.exists()


def test_too_many_for_the_programme_is_all_or_nothing(
    people: "People", monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobtwin.services import invitation
    from jobtwin.store.models import Invitation
    from tests.host.web.visits import client, text_of

    monkeypatch.setattr(invitation, "MAX_OPEN", 1)
    answer = client(people.olga).post(PAGE, {"text": LIST, "do": "import"})
    assert answer.status_code == 409
    assert "withdraw some first" in text_of(answer)
    assert not Invitation.objects.exists()


def test_what_is_downloaded_can_be_imported_and_changes_nothing(people: "People") -> None:
    from tests.host.web.visits import client, text_of

    people.ada.name = "=HYPERLINK(1)"
    people.ada.save()
    olga = client(people.olga)
    olga.post(PAGE, {"text": LIST, "do": "import"})
    content = olga.get("/operations/programmes/default/people.csv").content
    assert ["ada@example.org", "learner", "'=HYPERLINK(1)", "member"] in rows_of(content)
    page = text_of(olga.post(PAGE, {"text": content.decode()}))
    assert "0 of 8 would get an invitation" in page
