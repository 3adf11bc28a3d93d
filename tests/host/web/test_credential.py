"""A credential's public pages: consent, forms of one address, caching, what is told, the verify page."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobtwin.store.models import Credential
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


@dataclass(frozen=True)
class Issue:
    """Ada's credential and everybody."""

    credential: "Credential"
    people: "People"

    @property
    def path(self) -> str:
        return f"/credentials/{self.credential.pk}"


def issue(*, published: bool = True) -> Issue:
    """An issued credential; the clock stands an hour after it."""
    from jobtwin.services.consent import give_consent
    from jobtwin.store.models import Person
    from tests.host.people import NOW, People
    from tests.host.services.test_credentials import passed
    from tests.host.web.clock import at

    credential = passed()
    people = People(
        **{one.name.lower(): one for one in Person.objects.all()}  # everybody's names are their fields
    )
    if published:
        give_consent(attempt=credential.attempt, learner=people.ada, now=NOW)
    at(hours=1)
    return Issue(credential, people)


def addresses(path: str) -> list[str]:
    return [path, *(f"{path}{end}" for end in (".json", ".jwt", "/badge.png", "/badge.svg", "/card.png"))]


def test_nothing_is_public_before_the_learner_says_so() -> None:
    from tests.host.web.visits import client

    made = issue(published=False)
    for path in addresses(made.path):
        codes = [client(one).get(path).status_code for one in (None, made.people.ada, made.people.max)]
        assert codes == [404, 200, 404], path
    assert "no-store" in client(made.people.ada).get(made.path).headers["Cache-Control"]


def test_the_learner_publishes_and_takes_back() -> None:
    from tests.host.web.visits import client, text_of

    made = issue(published=False)
    ada, attempt = client(made.people.ada), f"/attempts/{made.credential.attempt_id}"
    assert "Only you see this page" in text_of(ada.get(made.path))
    assert "Publish it" in text_of(ada.get(f"{attempt}/result"))
    assert ada.post(f"{attempt}/consent", {"do": "publish"}).status_code == 302
    assert "Public since" in text_of(ada.get(f"{attempt}/result"))
    assert client().get(made.path).status_code == 200
    assert client(made.people.max).post(f"{attempt}/consent", {"do": "withdraw"}).status_code == 404
    ada.post(f"{attempt}/consent", {"do": "withdraw"})
    assert client().get(made.path).status_code == 404


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("application/vc", "application/vc"),
        ("application/ld+json;q=0.9, text/html;q=0.1", "application/vc"),
        ("application/json", "application/vc"),
        ("application/jwt", "application/jwt"),
        ("image/webp", "text/html; charset=utf-8"),
    ],
)
def test_one_address_answers_in_the_form_that_is_asked_for(accept: str, content_type: str) -> None:
    from tests.host.web.visits import client

    answer = client().get(issue().path, headers={"accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert "Accept" in answer.headers["Vary"]


def test_public_answers_read_no_cookie_and_can_be_kept() -> None:
    from tests.host.web.visits import client

    made = issue()
    others = ["/status/0", "/issuer", "/.well-known/did.json", "/.well-known/jwks.json", "/skills/ops.design"]
    for path in [*addresses(made.path), *others, "/achievements/small/1", "/verify"]:
        answer = client(made.people.ada).get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "public, max-age=300", path
        assert "Cookie" not in answer.headers.get("Vary", ""), path
        assert not answer.cookies, path
        again = client().get(path, headers={"if-none-match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path


def test_the_page_says_at_a_glance_what_counts() -> None:
    from tests.host.web.visits import client, text_of

    made = issue()
    page = text_of(client().get(made.path))
    said = ("all 10 checks hold", "Its tests pass on a clean clone: <strong>reproduced</strong>")
    for words in (
        "A small exam",
        "valid",
        "0.80",
        "pass mark",
        "/skills/ops.design",
        "Check it without us",
        *said,
    ):
        assert words in page
    assert f'property="og:image" content="http://127.0.0.1:8000{made.path}/card.png"' in page
    assert 'rel="alternate" type="application/vc"' in page
    assert "Ada" not in page


def test_revoked_replaced_and_suspended_are_told_with_the_reason() -> None:
    from jobtwin.services.credential import lift_suspension, reissue_credential, suspend_credential
    from tests.host.people import NOW
    from tests.host.web.visits import client, text_of

    made = issue()
    suspend_credential(credential=made.credential, reason="An <b>appeal</b>.", now=NOW)
    page = text_of(client().get(made.path))
    assert "Under appeal" in page
    assert "An &lt;b&gt;appeal&lt;/b&gt;." in page
    lift_suspension(credential=made.credential, now=NOW)
    fresh = reissue_credential(credential=made.credential, reason="A weight was wrong.", now=NOW)
    page = text_of(client().get(made.path))
    assert "Replaced" in page
    assert "A weight was wrong." in page
    assert f"/credentials/{fresh.pk}" in page
    assert '<span class="tag good">valid</span>' in text_of(client().get(f"/credentials/{fresh.pk}"))


def test_badges_carry_the_credential() -> None:
    from jobtwin.proofs.baking import unbake
    from tests.host.web.visits import client

    made = issue()
    for name in ("badge.png", "badge.svg"):
        data = client().get(f"{made.path}/{name}").content
        assert json.loads(unbake(data)) == made.credential.document


def test_an_operator_revokes_suspends_and_issues_again_with_a_reason() -> None:
    from jobtwin.store.models import Credential
    from tests.host.web.visits import client, text_of

    made = issue()
    olga, page = client(made.people.olga), f"/operations/credentials/{made.credential.pk}"
    assert str(made.credential.pk) in text_of(olga.get("/operations/credentials"))
    assert olga.post(page, {"do": "revoke", "reason": " "}).status_code == 409
    assert olga.post(page, {"do": "explode", "reason": "x"}).status_code == 422
    for act in ("suspend", "lift", "reissue"):
        assert olga.post(page, {"do": act, "reason": "A reason."}).status_code == 302
    fresh = Credential.objects.get(revoked_at__isnull=True)
    assert olga.post(page, {"do": "reissue", "reason": "Again."}).status_code == 409
    olga.post(f"/operations/credentials/{fresh.pk}", {"do": "revoke", "reason": "For good."})
    assert Credential.objects.filter(revoked_at__isnull=True).count() == 0
    assert "For good." in text_of(client().get(f"/credentials/{fresh.pk}"))


# -- the verify page


def uploaded(data: bytes) -> dict[str, object]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"file": SimpleUploadedFile("x", data)}


def test_every_form_of_a_credential_verifies_on_the_page() -> None:
    from tests.host.web.visits import client, text_of

    made = issue()
    forms: list[dict[str, object]] = [
        uploaded(client().get(path).content) for path in addresses(made.path)[1:5]
    ]
    forms += [
        {"text": made.credential.jwt},
        {"text": json.dumps(made.credential.document)},
        {"text": f"http://127.0.0.1:8000{made.path}"},
        {"text": str(made.credential.document["id"])},
    ]
    for form in forms:
        answer = client().post("/verify", form)
        assert answer.status_code == 200
        assert "This credential holds" in text_of(answer)
        assert "A small exam" in text_of(answer)


def test_what_does_not_hold_is_told_with_its_code() -> None:
    from jobtwin.services.credential import revoke_credential
    from tests.host.people import NOW
    from tests.host.web.visits import client, text_of

    made = issue()
    changed = json.dumps(made.credential.document).replace('"0.80"', '"0.85"')
    page = text_of(client().post("/verify", {"text": changed}))
    assert "SIGNATURE" in page
    assert "A small exam</dd>" not in page
    revoke_credential(credential=made.credential, reason="x", now=NOW)
    assert "REVOKED" in text_of(client().post("/verify", {"text": made.credential.jwt}))


def test_a_credential_of_another_issuer_is_pointed_to_its_own_files() -> None:
    from tests.host.web.visits import client, text_of
    from tests.proofs.exam import STRANGER, claims

    page = text_of(client().post("/verify", {"text": STRANGER.issue(claims()).token}))
    assert "WRONG_ISSUER" in page
    assert "jobtwin credential verify FILE --online" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Choose a file, or paste a credential"),
        (
            "https://stranger.example/credentials/" + "0" * 36,
            "Only addresses of credentials that were issued",
        ),
        ("http://127.0.0.1:8000/credentials/" + "-" * 36, "not the address of a credential"),
        ("http://127.0.0.1:8000/credentials/00000000-0000-4000-8000-000000000000", "published under"),
        ("x" * 1_200_000, "could not be read"),
    ],
)
def test_what_cannot_be_checked_is_said_beside_the_form(text: str, said: str) -> None:
    from tests.host.web.visits import client, text_of

    issue()
    answer = client().post("/verify", {"text": text})
    assert answer.status_code in (404, 422)
    assert said in text_of(answer)


def test_an_unpublished_credential_is_not_looked_up_by_its_address() -> None:
    from tests.host.web.visits import client

    made = issue(published=False)
    assert client().post("/verify", {"text": f"http://127.0.0.1:8000{made.path}"}).status_code == 404


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n" + b"\0" * 99, b"<svg", b"[" * 100_000, b"{" * 99, b"a.b.c", b"\xff\xfe\0"]
)
def test_hostile_uploads_are_told_as_invalid(data: bytes) -> None:
    from tests.host.web.visits import client, text_of

    issue()
    page = text_of(client().post("/verify", uploaded(data)))
    assert "This credential does not hold" in page


def test_hostile_text_comes_back_escaped_and_a_large_upload_is_not_read() -> None:
    from jobtwin.proofs.baking import IMAGE_LIMIT
    from tests.host.web.visits import client, text_of

    issue()
    page = text_of(client().post("/verify", {"text": '{"<script>alert(1)</script>": 1}'}))
    assert "<script>" not in page
    for size in (IMAGE_LIMIT + 1, IMAGE_LIMIT * 2):
        answer = client().post("/verify", uploaded(b"\0" * size))
        assert answer.status_code == 422
        assert "not read" in text_of(answer)


# -- the transcript


def test_a_learner_takes_chosen_credentials_along_in_one_file() -> None:
    from datetime import timedelta

    from jobtwin.proofs.credential import document_bytes
    from jobtwin.proofs.transcript import verify_transcript
    from jobtwin.services.status_list import current_status_list
    from jobtwin.store.queries.credential import issuer_did
    from tests.host.people import NOW
    from tests.host.web.visits import client, text_of

    made = issue(published=False)
    ada, chosen = client(made.people.ada), {"credential": str(made.credential.pk)}
    assert "A small exam" in text_of(ada.get("/transcript"))
    answer = ada.post("/transcript", chosen)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="transcript.json"'
    did, now = document_bytes(issuer_did()), NOW + timedelta(hours=1)
    listed = document_bytes(current_status_list(number=0, now=now))
    found = verify_transcript(answer.content, did=did, status_list=listed, now=now)
    assert [one.valid for one in found] == [True]
    assert client(made.people.max).post("/transcript", chosen).status_code == 404
    assert ada.post("/transcript", {"credential": "x"}).status_code == 404


def test_every_credential_of_a_transcript_is_told_and_a_larger_one_is_left_to_the_terminal() -> None:
    from jobtwin.proofs.transcript import build_transcript
    from jobtwin.web.pages.verify import MAX_CREDENTIALS
    from tests.host.web.visits import client, text_of

    document = issue().credential.document
    changed = {**document, "name": "Another"}
    page = text_of(client().post("/verify", {"text": json.dumps(build_transcript([document, changed]))}))
    assert "<strong>1 of 2 credentials</strong> hold." in page
    assert page.count("This credential holds") == page.count("This credential does not hold") == 1
    several = json.dumps(build_transcript([document] * (MAX_CREDENTIALS + 1)))
    answer = client().post("/verify", {"text": several})
    assert answer.status_code == 422
    assert "in the terminal only" in text_of(answer)


def test_a_transcript_of_many_empty_objects_is_not_taken_apart_here() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from jobtwin.web.pages.verify import MAX_TRANSCRIPT
    from tests.host.web.visits import client, text_of

    empty = b",".join([b"{}"] * (MAX_TRANSCRIPT // 3))
    hostile = b'{"type":["VerifiablePresentation"],"verifiableCredential":[' + empty + b"]}"
    answer = client().post("/verify", {"file": SimpleUploadedFile("transcript.json", hostile)})
    assert "TOO_LARGE" in text_of(answer)
