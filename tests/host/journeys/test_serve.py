"""`jobtwin serve` as somebody meets it: the printed accounts, a browser, and everything behind it real."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.host, pytest.mark.xdist_group("browser")]

PORT = 8917
URL = f"http://127.0.0.1:{PORT}"
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def accounts(home: Path) -> Iterator[dict[str, tuple[str, str]]]:
    """A served instance of its own; gives e-mail address and password by name."""
    folder = home / "served"
    folder.mkdir()
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("JOBTWIN_", "DATABASE"))
    }
    env = plain | {"JOBTWIN_HOME": str(folder), "JOBTWIN_KEYS": str(home / "served-keys" / "keys")}
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "jobtwin.cli.main", "serve", "--port", str(PORT)],
        env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert server.stdout is not None
    try:
        found = {}
        for line in server.stdout:
            account = re.match(r"\s+(\w+)\s+(\w+)@(\S+)\s+(\S+)$", line)
            if account:
                found[account[2]] = (f"{account[2]}@{account[3]}", account[4])
            if line.startswith("http://"):
                break
        yield found
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
        server.stdout.close()
        shutil.rmtree(folder)


def signed_in(browser: "Browser", account: tuple[str, str], path: str = "/") -> "Page":
    """Somebody's own browser window, signed in by the form."""
    page = browser.new_context(base_url=URL).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"/accounts/login/?next={path}")
    page.get_by_label("Email").fill(account[0])
    page.get_by_label("Password").fill(account[1])
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.wait_for_url(f"**{path}")
    return page


def mark_and_seal(page: "Page", score: str) -> None:
    """Claims the one waiting submission, scores every dimension alike, seals."""
    page.goto("/marking/")
    page.get_by_label("I know of no conflict").check()
    page.get_by_role("button", name="Claim").click()
    page.get_by_role("button", name="Keep first pass").wait_for()
    for select in page.locator("select[name^=score-]").all():
        select.select_option(score)
    for comment in page.locator("textarea[name^=comment-]").all():
        comment.fill("Read and weighed.")
    page.get_by_role("button", name="Seal").click()
    page.get_by_label("These are my own scores").check()
    page.get_by_role("button", name="Seal").click()
    page.get_by_text("You sealed this mark on").wait_for()


def test_one_exam_by_hand_from_start_to_a_credential_that_verifies_offline(
    browser: "Browser", accounts: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    assert set(accounts) == {"ada", "max", "noor", "olga"}
    ada = signed_in(browser, accounts["ada"])
    ada.goto("/briefs/capstone")
    ada.get_by_role("button", name="Start").click()
    ada.wait_for_url("**/attempts/*")
    attempt = ada.url
    ada.get_by_label("Address of your public repository").fill("http://127.0.0.1/x.git")
    for check in ("F1", "F2", "F3", "F4"):
        ada.check(f"input[name=answer-{check}][value={'no' if check == 'F2' else 'yes'}]")
    ada.get_by_role("button", name="Review and submit").click()
    ada.get_by_label("Submit all the same").check()
    ada.get_by_label("Why").fill("No registry was at hand to build it.")
    ada.get_by_role("button", name="Submit for good").click()
    ada.get_by_text("is not a public address").wait_for()
    ada.goto(attempt)
    ada.get_by_label("Address of your public repository").fill("local:sample")
    ada.get_by_role("button", name="Review and submit").click()
    ada.get_by_label("Submit all the same").check()
    ada.get_by_label("Why").fill("No registry was at hand to build it.")
    ada.get_by_role("button", name="Submit for good").click()
    ada.get_by_text("with the mentors").wait_for()
    assert "confirmed" in ada.inner_text("body")

    max_, noor = (signed_in(browser, accounts[name], "/marking/") for name in ("max", "noor"))
    mark_and_seal(max_, "0.80")
    mark_and_seal(noor, "0.85")
    assert "No registry was at hand" in noor.inner_text("body")
    max_.reload()
    max_.get_by_role("link", name="Compare the marks").click()
    max_.get_by_text("Pass at 0.825").wait_for()
    max_.get_by_label("LLM safety").first.check()
    max_.get_by_label("Weight of LLM safety").fill("0.90")
    max_.get_by_role("button", name="Sign the decision").click()
    max_.get_by_text("The decision is signed").wait_for()

    ada.goto(f"{attempt}/result")
    while not ada.get_by_role("link", name="Your credential").count():
        ada.reload()
    ada.get_by_role("link", name="Your credential").click()
    ada.get_by_role("heading", name="Check it without us").wait_for()
    names = ("credential.json", "credential.jwt", "did.json", "status-list.json")
    for name in names:
        with ada.expect_download() as download:
            ada.get_by_role("link", name=name).click()
        download.value.save_as(tmp_path / name)
    for name in names[:2]:
        done = subprocess.run(
            [sys.executable, "-m", "jobtwin.cli.main", "credential", "verify", name,
             "--did", "did.json", "--status", "status-list.json"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "valid")
    credential = json.loads((tmp_path / "credential.json").read_text())
    assert len(credential["credentialSubject"]["result"]) == 1

    olga = signed_in(browser, accounts["olga"], "/operations/")
    assert "decided" in olga.inner_text("body").lower()
