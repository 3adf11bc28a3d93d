"""The file view: the pinned commit's files, inert, for those who claimed the submission."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

PYTHON = b'def f():\n    return "</code></td><script>alert(1)</script>"\n# \xe2\x80\xae backwards\n'
ODD = "a dir/<img src=x onerror=alert(1)> 100% #1 ?q.py"
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (7).to_bytes(4) + (5).to_bytes(4) + b"\x08\x02\0\0\0<script>"
NOTEBOOK = b"""{"cells": [
 {"cell_type": "markdown", "source": ["# <b>Notes</b>"]},
 {"cell_type": "code", "source": "print(1)", "outputs": [
  {"output_type": "stream", "text": ["1 <i>printed</i>"]},
  {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}}]}]}"""
FILES = {
    "README.md": b"# A small thing\n",
    "src/app.py": PYTHON,
    ODD: b"x = 1\n",
    "picture.png": PICTURE,
    "broken.png": b"\x89PNG\r\n\x1a\n\0\0",
    "drawing.svg": b"<svg onload='alert(1)'></svg>\n",
    "notes.ipynb": NOTEBOOK,
    "line\nbreak.txt": b"found\n",
    "huge.csv": b"0123456789\n" * 110_000,
}


@pytest.fixture
def desk(tmp_path: Path) -> tuple["Client", str]:
    """Max at the desk of a submission whose files are kept; the client and the desk's address."""
    from jobtwin.services.submission import keep_bundle
    from jobtwin.source.address import TERMINAL, parse_source
    from jobtwin.source.repository import commit_folder, fetch
    from jobtwin.store.platform import artefacts
    from tests.host.people import everybody, verified
    from tests.host.web.clock import at
    from tests.host.web.visits import claim, client

    at(hours=3)
    for name, content in FILES.items():
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    commit = commit_folder(tmp_path / "files", tmp_path / "made", message="All", moment=moment)
    people = everybody()
    submission = verified(people.ada, commit=commit)
    source = parse_source(str(tmp_path / "made"), TERMINAL)
    with fetch(source, commit=commit, into=tmp_path / "fetched") as repository:
        keep_bundle(submission=submission, sha256=artefacts().keep(submission.pk, repository))
    visitor = client(people.max)
    return visitor, claim(visitor, submission)


def test_every_file_is_listed_and_every_link_of_the_list_opens(desk: tuple["Client", str]) -> None:
    import re
    from html import unescape

    from tests.host.web.visits import text_of

    visitor, address = desk
    page = text_of(visitor.get(f"{address}/files/"))
    links = [unescape(link) for link in re.findall(r'<li><a href="([^"]+/files/[^"]+)"', page)]
    assert len(links) == len(FILES)
    assert [visitor.get(link).status_code for link in links] == [200] * len(FILES)
    assert "<img" not in page
    assert "line[U+000A]break.txt" in page


def test_a_file_is_highlighted_line_by_line_and_its_markup_is_text(desk: tuple["Client", str]) -> None:
    from tests.host.web.visits import text_of

    visitor, address = desk
    page = text_of(visitor.get(f"{address}/files/src/app.py?lines=2-3#L2"))
    assert '<span class="k">def</span>' in page
    assert page.count('class="marked"') == 2
    assert 'id="L3" class="marked"' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert "[U+202E]" in page


def test_a_file_costs_the_same_statements_whatever_else_there_is(desk: tuple["Client", str]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jobtwin.store.models import Person
    from tests.host.people import claimed, verified

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            assert visitor.get(f"{address}/files/{path}").status_code == 200
        return len(statements)

    visitor, address = desk
    visitor.get(f"{address}/files/")
    before = [asked(path) for path in ("", "src/app.py", "picture.png", "?q=def")]
    claimed(
        verified(Person.objects.get(email="sam@example.org")), Person.objects.get(email="max@example.org")
    )
    assert [asked(path) for path in ("", "src/app.py", "picture.png", "?q=def")] == before


@pytest.mark.parametrize(("path", "said"), [("broken.png", "not a text file"), ("huge.csv", "are not shown")])
def test_broken_pictures_and_huge_files_are_a_sentence(
    path: str, said: str, desk: tuple["Client", str]
) -> None:
    from tests.host.web.visits import text_of

    visitor, address = desk
    page = text_of(visitor.get(f"{address}/files/{path}"))
    assert said in page
    assert "<img" not in page


@pytest.mark.parametrize(
    "path", ["nowhere.py", "../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "src", ".git/config"]
)
def test_what_the_commit_does_not_hold_is_not_there(path: str, desk: tuple["Client", str]) -> None:
    visitor, address = desk
    assert visitor.get(f"{address}/files/{path}").status_code == 404


def test_only_who_claimed_the_submission_reads_its_files(desk: tuple["Client", str]) -> None:
    from jobtwin.store.models import Person
    from tests.host.web.visits import client

    _, address = desk
    codes = [
        client(Person.objects.get(email=f"{name}@example.org")).get(f"{address}/files/README.md").status_code
        for name in ("noor", "ada", "olga")
    ]
    assert codes == [404, 403, 403]


def test_a_picture_is_sent_by_its_bytes_and_may_do_nothing(desk: tuple["Client", str]) -> None:
    from tests.host.web.visits import text_of

    visitor, address = desk
    assert f'<img src="{address}/pictures/picture.png"' in text_of(
        visitor.get(f"{address}/files/picture.png")
    )
    sent = visitor.get(f"{address}/pictures/picture.png")
    assert (sent.content, sent.headers["Content-Type"]) == (PICTURE, "image/png")
    assert sent.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    for path in ("broken.png", "drawing.svg", "README.md", "nowhere.png"):
        assert visitor.get(f"{address}/pictures/{path}").status_code == 404
    assert "<svg" not in text_of(visitor.get(f"{address}/files/drawing.svg"))


def test_a_notebook_is_text_and_its_lines_are_there_too(desk: tuple["Client", str]) -> None:
    from tests.host.web.visits import text_of

    visitor, address = desk
    page = text_of(visitor.get(f"{address}/files/notes.ipynb"))
    assert "# &lt;b&gt;Notes&lt;/b&gt;" in page
    assert "1 &lt;i&gt;printed&lt;/i&gt;" in page
    assert "not shown: text/html" in page
    assert "alert(1)" not in page
    assert 'id="L3"' in text_of(visitor.get(f"{address}/files/notes.ipynb?lines=3"))


def test_names_and_lines_are_searched_and_the_text_is_no_pattern(desk: tuple["Client", str]) -> None:
    from tests.host.web.visits import text_of

    visitor, address = desk
    page = text_of(visitor.get(f"{address}/files/", {"q": "ALERT(1)"}))
    assert f'{address}/files/src/app.py?lines=2-2#L2"' in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Nothing found" in text_of(visitor.get(f"{address}/files/", {"q": "a.e.t"}))
    assert "2 to 200 characters" in text_of(visitor.get(f"{address}/files/", {"q": "x"}))


def test_chosen_lines_are_quoted_in_a_comment_and_lead_back(desk: tuple["Client", str]) -> None:
    from jobtwin.store.models import Mark
    from tests.host.web.visits import text_of

    visitor, address = desk
    chosen = {"first": "1", "last": "2", "dimension": "quality"}
    answer = visitor.post(f"{address}/quote/src/app.py", chosen)
    assert answer.headers["Location"] == f"{address}/files/src/app.py?lines=1-2&for=quality#L1"
    visitor.post(f"{address}/quote/src/app.py", chosen)
    assert Mark.objects.get().comments == {"quality": "`src/app.py:1-2`"}
    page = text_of(visitor.get(address))
    assert f'{address}/files/src/app.py?lines=1-2&amp;for=quality#L1"' in page
    refused = [
        visitor.post(f"{address}/quote/src/app.py", chosen | change).status_code
        for change in ({"last": "9"}, {"first": "3"}, {"dimension": "other"}, {"first": "x"})
    ]
    assert refused == [422] * 4
    assert visitor.post(f"{address}/quote/nowhere.py", chosen).status_code == 404
