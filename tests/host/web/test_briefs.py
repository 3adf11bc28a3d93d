"""The operator's pages of briefs: import, preview, publish, retire."""

import json

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

ADDRESS = "/operations/briefs"


def text(**changes: object) -> str:
    """A brief as YAML (of which JSON is a part)."""
    from tests.exams import brief_document

    return json.dumps(brief_document(**changes))


def test_olga_previews_a_brief_publishes_it_and_retires_it() -> None:
    from jobtwin.store.models import BriefVersion
    from tests.host.people import everybody
    from tests.host.web.visits import client, text_of

    people = everybody()
    olga = client(people.olga)
    shown = olga.post(ADDRESS, {"text": text(), "do": "preview"})
    assert shown.status_code == 200
    assert "Nothing is published yet" in text_of(shown)
    assert "Build something small." in text_of(shown)
    assert not BriefVersion.objects.exists()
    olga.post(ADDRESS, {"text": text(), "do": "publish"})
    version = BriefVersion.objects.get()
    assert version.published_by == people.olga
    assert client().get("/briefs/small").status_code == 200
    olga.post(f"{ADDRESS}/small/1/retire")
    version.refresh_from_db()
    assert version.retired_by == people.olga
    assert client().get("/briefs/small").status_code == 404
    assert client().get("/briefs/small/versions/1").status_code == 200


def test_mistakes_come_back_with_their_lines_and_the_text_stays_in_the_form() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.host.people import everybody
    from tests.host.web.visits import client, text_of

    olga = client(everybody().olga)
    bad = "id: small\nversion: nought\n<script>: 1\n"
    told = olga.post(ADDRESS, {"text": bad, "do": "publish"})
    assert told.status_code == 422
    assert "line 2: version: `nought` is no number" in text_of(told)
    assert "<script>: 1" not in text_of(told)
    assert "version: nought" in text_of(told)
    binary = olga.post(ADDRESS, {"file": SimpleUploadedFile("brief.yaml", b"\xff\xfe")})
    assert binary.status_code == 422
    large = olga.post(ADDRESS, {"file": SimpleUploadedFile("brief.yaml", b"#" * 300_000)})
    assert "larger than" in text_of(large)


def test_another_content_under_a_published_number_is_refused() -> None:
    from tests.host.people import everybody
    from tests.host.web.visits import client, text_of

    olga = client(everybody().olga)
    olga.post(ADDRESS, {"text": text(), "do": "publish"})
    told = olga.post(ADDRESS, {"text": text(title="Other"), "do": "publish"})
    assert told.status_code == 409
    assert "raise its version" in text_of(told)


def test_the_schema_is_served_to_everybody() -> None:
    from tests.host.web.visits import client

    answer = client().get("/briefs/schema.json")
    assert answer.json()["title"] == "Brief"
