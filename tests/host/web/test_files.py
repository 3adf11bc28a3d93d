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
FILES = {
    "README.md": b"# A small thing\n",
    "src/app.py": PYTHON,
    ODD: b"x = 1\n",
    "picture.png": b"\x89PNG\r\n\x1a\n\0\0",
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


@pytest.mark.parametrize(
    ("path", "said"), [("picture.png", "not a text file"), ("huge.csv", "are not shown")]
)
def test_pictures_and_huge_files_are_a_sentence(path: str, said: str, desk: tuple["Client", str]) -> None:
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
