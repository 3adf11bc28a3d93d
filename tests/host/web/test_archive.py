"""Archives by page and by API: kept as a commit, submitted as one, and refused with words."""

import io
from typing import TYPE_CHECKING, Any

import pytest

from jobtwin.source.brief import built_in_brief
from tests.source.test_archive import FILES, link, tarred, zipped

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.host.twins import Twin

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site", "kept")]

FIVE_GIGABYTES = 5 * 1024**3


@pytest.fixture
def kept(tmp_path: "Path", monkeypatch: pytest.MonkeyPatch) -> None:
    """Artefacts of the test in a folder of its own."""
    from jobtwin.jobs import verification
    from jobtwin.store import platform
    from jobtwin.store.artefacts import Artefacts

    monkeypatch.setattr(platform, "artefacts", lambda: Artefacts(tmp_path))
    monkeypatch.setattr(verification, "artefacts", lambda: Artefacts(tmp_path))


class Endless(io.RawIOBase):
    """Bytes that are made as they are read; `taken` says how many were."""

    def __init__(self, head: bytes, length: int) -> None:
        self.head, self.length, self.taken = head, length, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        size = min(65_536 if size < 0 else size, self.length - self.taken)
        piece = (self.head[self.taken :] + b"\0" * size)[:size]
        self.taken += size
        return piece


def streamed(body: Endless, content_type: str) -> dict[str, Any]:
    """What makes a request bring this body."""
    return {"wsgi.input": body, "CONTENT_LENGTH": str(body.length), "CONTENT_TYPE": content_type}


def day() -> "Twin":
    from tests.host.twins import Twin

    return Twin.started(built_in_brief("day_service"))


def upload(twin: "Twin", content: bytes) -> tuple[int, str]:
    """Uploads by the form; the status and the page."""
    from tests.host.web.visits import client, text_of

    file = io.BytesIO(content)
    file.name = "work.zip"
    answer = client(twin.people.ada).post(
        f"/attempts/{twin.attempt.pk}/archive", {"archive": file}, follow=True
    )
    return answer.status_code, text_of(answer)


def test_ada_uploads_an_archive_submits_it_and_the_worker_reads_its_commit() -> None:
    from jobtwin.jobs.verification import _pinned
    from jobtwin.store.models import Submission, Upload
    from tests.host.web.visits import client

    twin = day()
    status, page = upload(twin, zipped(FILES))
    kept = Upload.objects.get()
    assert (status, kept.commit[:12] in page, kept.source in page) == (200, True, True)
    ada, path = client(twin.people.ada), f"/attempts/{twin.attempt.pk}"
    form = {"base_version": "1", "source": kept.source, "notes": "As a zip."}
    ada.post(f"{path}/draft", form | {f"answer-{one.id}": "yes" for one in twin.brief.self_checks})
    assert ada.post(f"{path}/submit", {"version": "2"}).status_code == 302
    submission = Submission.objects.get()
    assert (submission.commit, submission.source) == (kept.commit, kept.source)
    with _pinned(submission) as tree:
        assert {one.path: tree.read(one.path) for one in tree.entries()} == FILES
    submission.refresh_from_db()
    assert submission.bundle_sha256 == kept.bundle_sha256


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zipped({"zeros": b"\0" * 30_000_000}), "comes out larger than 26214400 bytes"),
        (tarred(FILES, link=link("link", "/etc/passwd")), "holds a link or a special file"),
        (zipped({"/etc/passwd": b"x"}), "absolute path"),
        (b"not an archive", "no zip or tar archive"),
    ],
    ids=["bomb", "link", "absolute", "text"],
)
def test_what_no_archive_may_hold_is_refused_with_words(content: bytes, says: str) -> None:
    from jobtwin.store.models import Draft, Upload

    status, page = upload(day(), content)
    assert (status, says in page) == (422, True)
    assert not Upload.objects.exists()
    assert not Draft.objects.exists()


def test_five_gigabytes_are_refused_before_they_are_read() -> None:
    from tests.host.web.visits import client, text_of

    twin = day()
    boundary = "limit"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'.encode()
    )
    body = Endless(head, FIVE_GIGABYTES)
    answer = client(twin.people.ada).generic(
        "POST",
        f"/attempts/{twin.attempt.pk}/archive",
        **streamed(body, f"multipart/form-data; boundary={boundary}"),
    )
    assert (answer.status_code, "at most 104857600 bytes" in text_of(answer)) == (422, True)
    assert body.taken < 1_000_000


def test_a_stream_that_is_longer_than_it_said_is_cut_at_the_limit() -> None:
    from jobtwin.core.errors import BadSource
    from jobtwin.store import platform
    from jobtwin.web.receiving import receive_archive
    from tests.host.people import NOW

    twin, taken = day(), []

    def chunks() -> "object":
        for number in range(10_000):
            taken.append(number)
            yield b"\0" * 1_000_000

    with pytest.raises(BadSource, match="at most"):
        receive_archive(attempt=twin.attempt, chunks=chunks(), declared=None, now=NOW, clock=lambda: NOW)  # type: ignore[arg-type]
    assert len(taken) * 1_000_000 <= platform.archive_limits().upload_bytes + 1_000_000


def test_the_api_takes_an_archive_and_refuses_one_without_a_length() -> None:
    from django.test import Client

    from jobtwin.services.token import make_token
    from jobtwin.store.models import Draft

    twin = day()
    _, text = make_token(person=twin.people.ada, name="laptop", scopes=["exam:write"], days=1, now=twin.now)
    address, headers = f"/api/v1/attempts/{twin.attempt.pk}/archive", {"authorization": f"Bearer {text}"}
    web = Client()
    made = web.put(address, tarred(FILES), content_type="application/octet-stream", headers=headers)
    assert made.status_code == 201
    assert made.json()["draft_version"] == 1
    assert Draft.objects.get().body["source"] == made.json()["source"]
    again = web.put(address, tarred(FILES), content_type="application/octet-stream", headers=headers)
    assert again.json()["commit"] == made.json()["commit"]
    long = web.generic(
        "PUT", address, headers=headers,
        **streamed(Endless(b"", FIVE_GIGABYTES), "application/octet-stream"),
    )  # fmt: skip
    assert (long.status_code, "at most" in long.json()["detail"]) == (400, True)
    none = web.generic("PUT", address, headers=headers)
    assert none.json()["code"] in ("length_required", "no_file")


def test_an_exam_for_repositories_takes_no_archive_and_the_other_way_round() -> None:
    from jobtwin.core.brief import parse_brief
    from tests.exams import brief_document
    from tests.host.twins import Twin

    status, page = upload(Twin.started(parse_brief(brief_document())), zipped(FILES))
    assert (status, "takes the address of a repository" in page) == (409, True)


class Broken(Endless):
    """A body whose connection breaks after its head."""

    def read(self, size: int = -1) -> bytes:
        if self.taken >= len(self.head):
            raise OSError("the connection was reset")
        return super().read(min(size, len(self.head) - self.taken) if size > 0 else len(self.head))


class Short(Endless):
    """A body that ends before the length that was said, as a server sees a client that went away."""

    def read(self, size: int = -1) -> bytes:
        rest = len(self.head) - self.taken
        return super().read(min(size, rest) if size > 0 else rest) if rest else b""


@pytest.mark.parametrize("body", [Broken, Short])
def test_an_upload_that_breaks_off_before_the_deadline_begins_the_grace(body: type[Endless]) -> None:
    from datetime import timedelta

    from django.test import Client

    from jobtwin.store.models import Upload
    from tests.host.web.api import caller
    from tests.host.web.clock import MovedClock

    twin = day()
    ada, path = caller(twin.people.ada), f"/attempts/{twin.attempt.pk}"

    def broken() -> tuple[int, str]:
        more = streamed(body(tarred(FILES)[:100], 5_000), "application/octet-stream")
        headers = {"authorization": f"Bearer {ada.token}"}
        answer = Client().generic("PUT", f"/api/v1{path}/archive", headers=headers, **more)
        return answer.status_code, answer.json()["code"]

    MovedClock.instant = twin.attempt.deadline - timedelta(minutes=16)
    assert broken() == (503, "broken_upload")
    assert ada.get(path)["grace_until"] is None
    MovedClock.instant = twin.attempt.deadline - timedelta(minutes=15)
    assert broken() == (503, "broken_upload")
    MovedClock.instant = twin.attempt.deadline
    assert ada.get(path)["state"] == "grace"
    assert not Upload.objects.exists()


def test_an_archive_that_comes_in_over_the_deadline_counts_until_the_grace_ends() -> None:
    from datetime import timedelta

    from jobtwin.core.errors import TooLate
    from jobtwin.store.models import Upload
    from jobtwin.web.receiving import keep_as_draft, receive_archive

    twin = day()
    began, end = twin.attempt.deadline - timedelta(seconds=1), twin.attempt.deadline + timedelta(minutes=15)

    def received(ended: "datetime") -> Upload:
        return receive_archive(
            attempt=twin.attempt, chunks=[tarred(FILES)], declared=None, now=began, clock=lambda: ended
        )

    with pytest.raises(TooLate, match="had not arrived"):
        received(end)
    assert not Upload.objects.exists()
    kept = received(end - timedelta(microseconds=1))
    assert keep_as_draft(attempt=twin.attempt, upload=kept, now=began).body["source"] == kept.source
    twin.attempt.refresh_from_db()
    assert twin.attempt.grace_until == end
