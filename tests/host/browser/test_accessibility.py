"""axe-core and the weight of the main pages, on a phone and on a desk, in light and dark."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.host.browser.figures import Figures, figures, table
from tests.host.browser.launches import launched
from tests.host.browser.pictures import FOLDER as PICTURES
from tests.host.browser.pictures import take

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.host.browser.conftest import Site

pytestmark = [pytest.mark.host, pytest.mark.xdist_group("browser")]

ALL_SCREENS = tuple(product((320, 768, 1280), ("light", "dark")))
SCREENS = ALL_SCREENS if PICTURES else ((320, "light"), (1280, "dark"))
"""Contrast depends on the theme, layout on the width: two screens see both themes and both layouts."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def prepared(site: "Site", folder: Path) -> dict[str, tuple[str, str]]:
    """An exam in every state; by name of the page who looks and where."""
    from jobtwin.core.webhook import Tried
    from jobtwin.services.attempt import start_attempt
    from jobtwin.services.consent import give_consent, list_holder
    from jobtwin.services.credential import issue_credential
    from jobtwin.services.decision import sign_off
    from jobtwin.services.delivery import record_try
    from jobtwin.services.invitation import invite
    from jobtwin.services.ledger import ledger_writer
    from jobtwin.services.lti import Registration, register_platform
    from jobtwin.services.person import add_person
    from jobtwin.services.webhook import send_test
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Decision, Role
    from tests.host.browser.stage import mark, submission_of, verify
    from tests.host.receivers import listening

    people, stage, now = site.people, site.stage, database_now()
    lea = add_person(email="lea@example.org", name="Lea", role=Role.LEARNER)
    done, waiting, apart = (submission_of(stage, one) for one in (people.ada, people.olga, lea))
    forced = submission_of(stage, people.kit, force_reason="The rate limit test is flaky.")
    open_one = start_attempt(learner=people.sam, brief_version=stage.version, now=now)
    for submission in (done, waiting, apart, forced):
        verify(stage, submission, folder, failing=submission is forced)
    mark(stage, done, people.max, "0.80", seal=True)
    mark(stage, done, people.noor, "0.80", seal=True)
    mark(stage, apart, people.max, "0.90", seal=True)
    mark(stage, apart, people.noor, "0.60", seal=True)
    mark(stage, forced, people.noor, "0.70", seal=False)
    sign_off(
        decision=Decision.objects.get(submission=done),
        mentor=people.max,
        skills={"llm.ops.system-design": "0.85", "llm.safety.security-review": "0.80"},
        now=now,
        writer=ledger_writer(),
    )
    credential = issue_credential(attempt_id=done.attempt_id, now=now)
    give_consent(attempt=done.attempt, learner=people.ada, now=now)
    list_holder(attempt=done.attempt, learner=people.ada, name="Ada", link="https://ada.example", now=now)
    endpoint, _ = listening(url="https://hooks.harbour.dev/jobtwin/in")
    tried = send_test(endpoint=endpoint, actor=people.olga, now=now)
    record_try(delivery=tried, tried=Tried(503, 812, excerpt="<h1>Back at nine</h1>"), now=now)
    _, invited = invite(
        programme=done.attempt.programme, email="x@example.org", role=Role.MENTOR, actor=None, now=now
    )
    school = register_platform(
        programme=done.attempt.programme,
        registration=Registration(
            "School", "https://moodle.school.edu", "7", ("1",), "https://moodle.school.edu/auth",
            "https://moodle.school.edu/keys",
        ),
        actor=people.olga,
        now=now,
    )  # fmt: skip
    return {
        "catalogue": ("sam", "/"),
        "brief": ("nobody", "/briefs/capstone"),
        "sign in": ("nobody", "/accounts/login/"),
        "sign up": ("nobody", "/accounts/signup/"),
        "account": ("sam", "/account/"),
        "sessions": ("sam", "/account/sessions"),
        "second factor": ("sam", "/accounts/2fa/"),
        "addresses": ("sam", "/accounts/email/"),
        "programme": ("olga", "/operations/programmes/default"),
        "people": ("olga", "/operations/programmes/default/people"),
        "webhooks": ("olga", "/operations/programmes/default/webhooks"),
        "webhook": ("olga", f"/operations/webhooks/{endpoint.pk}"),
        "delivery": ("olga", f"/operations/deliveries/{tried.pk}"),
        "invitation": ("sam", f"/invitations/{invited}"),
        "own data": ("sam", "/account/data"),
        "attempt": ("sam", f"/attempts/{open_one.pk}"),
        "with the mentors": ("kit", f"/attempts/{forced.attempt_id}"),
        "result": ("ada", f"/attempts/{done.attempt_id}/result"),
        "appeal": ("ada", f"/attempts/{done.attempt_id}/appeal"),
        "receipts": ("ada", f"/attempts/{done.attempt_id}/receipts"),
        "tokens": ("noor", "/account/tokens"),
        "calendar": ("noor", "/calendar/"),
        "messages": ("max", "/notifications"),
        "queue": ("noor", "/marking/"),
        "desk": ("noor", f"/marking/{forced.pk}"),
        "log": ("noor", f"/marking/{forced.pk}/log"),
        "seal": ("noor", f"/marking/{forced.pk}/seal"),
        "compare": ("max", f"/marking/{done.pk}/decision"),
        "discuss": ("max", f"/marking/{apart.pk}/decision"),
        "file": ("max", f"/marking/{done.pk}/files/src/kerbside/api.py?lines=10-20#L10"),
        "credential": ("nobody", f"/credentials/{credential.pk}"),
        "achievement": ("nobody", f"/achievements/capstone/{stage.version.version}"),
        "skill": ("nobody", "/skills/llm.ops.system-design"),
        "issuer": ("nobody", "/issuer"),
        "verify": ("nobody", "/verify"),
        "holders": ("nobody", "/holders?skill=llm.ops.system-design"),
        "transcript": ("ada", "/transcript"),
        "withdraw": ("sam", f"/attempts/{open_one.pk}/withdraw"),
        "one attempt": ("olga", f"/operations/attempts/{open_one.pk}"),
        "extend all": ("olga", f"/operations/briefs/capstone/{stage.version.version}/extend"),
        "briefs": ("olga", "/operations/briefs"),
        "issued": ("olga", "/operations/credentials"),
        "one issued": ("olga", f"/operations/credentials/{credential.pk}"),
        "ledgers": ("olga", "/operations/ledgers"),
        "oversight": ("olga", "/operations/marking"),
        "pauses": ("olga", "/operations/pauses"),
        "operations": ("olga", "/operations/"),
        "live": ("olga", "/operations/live"),
        "platforms": ("olga", "/operations/platforms"),
        "platform": ("olga", f"/operations/platforms/{school.pk}"),
        "own calibration": ("noor", "/marking/calibration"),
        "calibration": ("olga", "/operations/calibration"),
        "agreement": ("olga", "/operations/agreement"),
        "files": ("max", f"/marking/{done.pk}/files/?q=limit"),
        "not found": ("nobody", "/nowhere"),
    }


def violations(page: "Page") -> list[str]:
    """What axe-core finds, as readable lines."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]]


def test_the_main_pages_are_accessible_on_every_screen(
    visit: Callable[..., "BrowserContext"], site: "Site", tmp_path: Path
) -> None:
    pages, problems = prepared(site, tmp_path), []
    launches, cookies = launched(site)
    pages |= launches
    measured: list[tuple[str, Figures]] = []
    for width, scheme in SCREENS:
        for who in sorted({person for person, _ in pages.values()}):
            context = visit(getattr(site.people, who, None), width, scheme)
            context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies])
            page = context.new_page()
            for name, (person, path) in pages.items():
                if person != who:
                    continue
                answer = page.goto(path)
                assert answer is not None
                assert (answer.status == 404) == (name == "not found"), f"{name}: {answer.status}"
                where, found = f"{name} at {width} {scheme}", figures(page, wait=200 if PICTURES else 0)
                measured.append((where, found))
                problems += [f"{where}: {line}" for line in found.problems()]
                problems += [f"{where}: {line}" for line in violations(page)]
                take(page, name, width, scheme)
                if page.evaluate("() => document.documentElement.scrollWidth") > width:
                    problems.append(f"{where}: wider than the screen")
    if PICTURES:
        Path(PICTURES, "figures.md").write_text(table(measured))
    assert not problems, "\n".join(problems)
