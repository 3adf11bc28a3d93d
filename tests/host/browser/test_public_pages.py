"""An employer in a browser: the share page at a glance, and every way to check a credential."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.host.browser.conftest import Site

pytestmark = [pytest.mark.host, pytest.mark.xdist_group("browser")]


def published(site: "Site", folder: Path) -> str:
    """Ada's passed exam with a public credential; the path of its page."""
    from jobtwin.services.consent import give_consent
    from jobtwin.services.credential import issue_credential
    from jobtwin.services.decision import sign_off
    from jobtwin.services.ledger import ledger_writer
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Decision
    from tests.host.browser.stage import mark, submission_of, verify

    people, stage, now = site.people, site.stage, database_now()
    submission = submission_of(stage, people.ada)
    verify(stage, submission, folder)
    for mentor in (people.max, people.noor):
        mark(stage, submission, mentor, "0.80", seal=True)
    skills = {"llm.ops.system-design": "0.85"}
    decision = Decision.objects.get(submission=submission)
    sign_off(decision=decision, mentor=people.max, skills=skills, now=now, writer=ledger_writer())
    credential = issue_credential(attempt_id=submission.attempt_id, now=now)
    give_consent(attempt=submission.attempt, learner=people.ada, now=now)
    return f"/credentials/{credential.pk}"


def outcome(page: "Page") -> str:
    """What the verify page says of what was handed over."""
    page.get_by_role("button", name="Verify").click()
    return page.locator("section.panel").inner_text()


def on_paper(page: "Page") -> str:
    """What the page prints: its visible text, and what styles write behind links."""
    page.emulate_media(media="print")
    behind = page.locator(".printed").evaluate_all(
        "all => all.map(a => getComputedStyle(a, '::after').content)"
    )
    said = page.locator("body").inner_text() + "".join(behind)
    page.emulate_media(media="screen")
    return said


def test_an_employer_understands_and_checks_a_credential(
    visit: Callable[..., "BrowserContext"], site: "Site", tmp_path: Path
) -> None:
    path = published(site, tmp_path)
    page = visit().new_page()
    page.goto(path)
    told = page.locator("main").inner_text()
    for words in ("Production AI service", "It has not been revoked", "What was done", "How it was marked"):
        assert words in told
    assert "Its tests pass on a clean clone: reproduced" in told
    assert "The signature holds" not in told
    printed = on_paper(page)
    assert "Every check in words" not in printed
    for address in ("/verify", "/.well-known/did.json", f"{path}.json"):
        assert f"({site.url}{address})" in printed
    page.get_by_text("Every check in words").click()
    assert "The signature holds over every statement" in page.locator("main").inner_text()
    page.get_by_role("link", name="LLM ops — system design").click()
    assert page.get_by_role("heading", level=1).inner_text() == "LLM ops — system design"

    files = {
        name: tmp_path / name for name in ("credential.json", "credential.jwt", "badge.png", "badge.svg")
    }
    page.goto(path)
    for name, file in files.items():
        with page.expect_download() as download:
            page.get_by_role("link", name=name, exact=True).click()
        download.value.save_as(file)
    for file in files.values():
        page.goto("/verify")
        page.get_by_label("A file").set_input_files(file)
        assert "This credential holds" in outcome(page), file.name

    learner = visit(site.people.ada).new_page()
    learner.goto("/transcript")
    with learner.expect_download() as download:
        learner.get_by_role("button", name="Save transcript.json").click()
    download.value.save_as(tmp_path / "transcript.json")
    page.goto("/verify")
    page.get_by_label("A file").set_input_files(tmp_path / "transcript.json")
    assert "This credential holds" in outcome(page)
    assert "A transcript: 1 of 1 credential holds." in page.locator("main").inner_text()

    page.goto("/verify")
    page.get_by_label("Or paste it").fill(f"{site.url}{path}")
    assert "Status. The issuer's status list says that it is not revoked." in outcome(page)
    document = json.loads(files["credential.json"].read_text())
    document["credentialSubject"]["result"][0]["value"] = "0.99"
    page.get_by_label("Or paste it").fill(json.dumps(document))
    said = outcome(page)
    assert "SIGNATURE This credential does not hold" in said
    assert "the document was changed" in said
    page.get_by_label("Or paste it").fill("http://127.0.0.1:1/credentials/x")
    page.get_by_role("button", name="Verify").click()
    assert (
        "only addresses of credentials that were issued here"
        in page.get_by_role("alert").inner_text().lower()
    )
