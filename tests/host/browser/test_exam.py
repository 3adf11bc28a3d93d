"""The exam in a real browser: no text is lost, two tabs are told apart, the mentor sees the flag."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.host.browser.conftest import Site

pytestmark = [pytest.mark.host, pytest.mark.xdist_group("browser")]

Visit = Callable[..., "BrowserContext"]
PASSWORD = "a long enough pass phrase"

TELLS_WHAT_IS_KEPT = """() => {
  const form = document.querySelector("form[data-autosave]");
  form.addEventListener("jobtwin:saved", (event) => {
    form.dataset.kept = event.detail.get("comment-system_design");
  });
}"""
"""An earlier save says "Saved at", too: only what was sent along tells that a text is kept."""


def saved(page: "Page", version: int) -> None:
    """Waits until the page says that this version is saved."""
    page.locator("[data-save-status]", has_text=f"as version {version}.").wait_for()


def answer_all(page: "Page", first: str = "yes") -> None:
    """Answers every self-check; F1 as given."""
    for check in ("F1", "F2", "F3", "F4"):
        page.check(f"input[name=answer-{check}][value={first if check == 'F1' else 'yes'}]")


def started(visit: Visit, site: "Site", brief: str = "capstone") -> "BrowserContext":
    """Ada's browser, with the exam started."""
    ada = visit(site.people.ada)
    page = ada.new_page()
    page.goto(f"/briefs/{brief}")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/attempts/*")
    return ada


def test_ada_signs_in_starts_and_her_text_survives_a_reload(visit: Visit, site: "Site") -> None:
    site.people.ada.set_password(PASSWORD)
    site.people.ada.save()
    page = visit().new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/briefs/capstone")
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.wait_for_url("**/briefs/capstone")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/attempts/*")
    assert "13 days 23:59" in page.locator("[data-left]").inner_text()
    page.get_by_label("Notes to your mentors").fill("Read docs/architecture.md first.")
    saved(page, 1)
    page.reload()
    assert page.get_by_label("Notes to your mentors").input_value() == "Read docs/architecture.md first."
    assert not faults


def test_two_tabs_are_told_apart_and_neither_text_is_lost(visit: Visit, site: "Site") -> None:
    ada = started(visit, site)
    first = ada.pages[0]
    second = ada.new_page()
    second.goto(first.url)
    first.get_by_label("Notes to your mentors").fill("from the first tab")
    saved(first, 1)
    second.get_by_label("Notes to your mentors").fill("from the second tab")
    second.get_by_role("button", name="Save my text as the newest version").wait_for()
    assert second.get_by_label("Notes to your mentors").input_value() == "from the second tab"
    second.get_by_role("button", name="Save my text as the newest version").click()
    saved(second, 2)


def test_a_lost_connection_keeps_the_text_and_saves_it_later(visit: Visit, site: "Site") -> None:
    ada = started(visit, site)
    page = ada.pages[0]
    ada.set_offline(True)
    page.get_by_label("Notes to your mentors").fill("written on a train")
    page.locator("[data-save-status]", has_text="Not saved yet.").wait_for()
    ada.set_offline(False)
    saved(page, 1)


def test_a_wrong_client_clock_changes_nothing(visit: Visit, site: "Site") -> None:
    ada = started(visit, site)
    page = ada.new_page()
    page.clock.set_system_time("2031-01-01T00:00:00Z")
    page.goto(ada.pages[0].url)
    assert "13 days 23:5" in page.locator("[data-left]").inner_text()


def test_from_a_forced_submission_to_the_mentors_seal(visit: Visit, site: "Site", tmp_path: Path) -> None:
    from jobtwin.store.models import Submission
    from tests.host.browser.stage import verify

    page = started(visit, site).pages[0]
    page.get_by_label("Address of your public repository").fill("local:sample")
    answer_all(page, first="no")
    page.get_by_role("button", name="Review and submit").click()
    page.get_by_label("Submit all the same").check()
    page.get_by_label("Why").fill("The rate limit test is flaky.")
    page.get_by_role("button", name="Submit for good").click()
    page.get_by_text("Waiting for a free worker").wait_for()
    submission = Submission.objects.get()
    assert submission.commit == site.stage.commit
    verify(site.stage, submission, tmp_path, failing=True)
    page.get_by_text("with the mentors").wait_for()

    desk = visit(site.people.max).new_page()
    desk.goto("/marking/")
    desk.get_by_label("I know of no conflict").check()
    desk.get_by_role("button", name="Claim").click()
    desk.get_by_role("heading", name="Know this first").wait_for()
    assert "The rate limit test is flaky." in desk.locator(".flags").inner_text()
    for dimension in site.stage.version.brief.rubric.dimensions:
        desk.select_option(f"#score-{dimension.id}", "0.80")
        desk.fill(f"#comment-{dimension.id}", "Seen and weighed.")
    assert desk.locator("[data-average-value]").inner_text() == "0.80"
    desk.get_by_role("button", name="Keep first pass").click()
    desk.get_by_text("Draft review: between").first.wait_for()
    with desk.expect_popup() as opened:
        desk.get_by_role("link", name="Open in the file").first.click()
    opened.value.locator("tr.marked").first.wait_for()
    desk.get_by_role("button", name="Seal").click()
    desk.get_by_label("These are my own scores").check()
    desk.get_by_role("button", name="Seal").click()
    desk.get_by_text("You sealed this mark on").wait_for()


def test_a_mentor_reads_by_keys_and_two_windows_come_together(
    visit: Visit, site: "Site", tmp_path: Path
) -> None:
    from jobtwin.store.models import Mark
    from tests.host.browser.stage import mark, submission_of, verify

    submission = submission_of(site.stage, site.people.ada)
    verify(site.stage, submission, tmp_path)
    mark(site.stage, submission, site.people.max, "0.70", seal=False)
    max_ = visit(site.people.max)
    first, second = max_.new_page(), max_.new_page()
    for page in (first, second):
        page.goto(f"/marking/{submission.pk}")
    first.evaluate(TELLS_WHAT_IS_KEPT)
    first.locator("#d-system_design").focus()
    for key in ("j", "a", "j", "c", "c", "j", "r"):
        first.keyboard.press(key)
    first.keyboard.press("m")
    first.keyboard.type(" One more thing.")
    first.keyboard.press("Escape")
    first.keyboard.press("]")
    assert first.evaluate("document.activeElement.id") == "d-production_quality"
    first.locator('form[data-kept$=" One more thing."]').wait_for()
    second.select_option("#score-polish", "0.40")
    second.fill("#comment-reflection", "From the second window.")
    second.locator("[data-save-status]", has_text="Another window saved meanwhile").wait_for()
    assert second.input_value("#comment-system_design").endswith(" One more thing.")
    second.locator("[data-save-status]", has_text="Saved at").wait_for()
    kept = Mark.objects.get()
    assert sorted(kept.readings.values()) == ["accept", "reject", "unclear"]
    assert (kept.scores["polish"], kept.comments["reflection"]) == ("0.40", "From the second window.")
    assert kept.comments["system_design"].endswith(" One more thing.")


def test_a_live_incident_by_windows_with_an_archive_and_a_rehearsal(
    visit: Visit, site: "Site", tmp_path: Path
) -> None:
    from jobtwin.core.check import VerificationReport
    from jobtwin.services.rehearsal import record_rehearsal
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Rehearsal, Submission
    from tests.host.browser.stage import checks, next_window, offer_incident
    from tests.source.test_archive import FILES, zipped

    offer_incident()
    page = started(visit, site, "live_incident").pages[0]
    assert "1:29:" in page.locator("[data-left]").inner_text()
    page.get_by_label("Log: Live").fill("10:02 errors rise after the deploy; rolling back.")
    saved(page, 1)
    work = tmp_path / "work.zip"
    work.write_bytes(zipped(FILES))
    page.set_input_files("#archive-file", work)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("uploaded").first.wait_for()
    assert page.input_value("#source").startswith("archive:")
    page.get_by_role("button", name="Rehearse what is saved").click()
    page.get_by_text("It is being verified").wait_for()
    report = VerificationReport("archive", "c" * 40, "live_incident", "test", checks(failing=True))
    record_rehearsal(rehearsal=Rehearsal.objects.get(), report=report, now=database_now())
    page.reload()
    page.get_by_text("1 of 31 tests failed").wait_for()

    next_window()
    page.get_by_label("Notes to your mentors").fill("Written when the next window was open already.")
    saved(page, 3)
    page.reload()
    assert page.get_by_label("Log: Live").count() == 0
    page.get_by_text("rolling back").wait_for()
    page.get_by_label("Log: Post-mortem").fill("The limit was read before it was set.")
    saved(page, 4)
    for check in offer_incident().brief.self_checks:
        page.check(f"input[name=answer-{check.id}][value=yes]")
    page.get_by_role("button", name="Review and submit").click()
    page.get_by_role("button", name="Submit for good").click()
    page.get_by_text("Waiting for a free worker").wait_for()
    submission = Submission.objects.get()
    assert submission.source.startswith("archive:")
    assert [submission.logs["live"][:5], submission.logs["postmortem"][:9]] == ["10:02", "The limit"]


def test_a_passkey_is_added_and_opens_the_account(visit: Visit, site: "Site") -> None:
    site.people.ada.set_password(PASSWORD)
    site.people.ada.save()
    browser = visit()
    page = browser.new_page()
    device = browser.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    here = site.url.replace("127.0.0.1", "localhost")
    page.goto(f"{here}/accounts/login/?next=/account/")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.wait_for_url("**/account/")
    page.goto(f"{here}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.get_by_text("Security key added").wait_for()
    browser.clear_cookies()
    page.goto(f"{here}/accounts/login/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/account/")
    assert page.locator(".who").inner_text() == "Ada"
