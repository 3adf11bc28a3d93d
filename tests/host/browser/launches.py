"""Launches from a learning platform that are under way: their pages, and the cookies that bind them."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from jobtwin.lti.launch import Launch

if TYPE_CHECKING:
    from jobtwin.store.models import Person
    from tests.host.browser.conftest import Site


def launched(site: "Site") -> tuple[dict[str, tuple[str, str]], list[tuple[str, str]]]:
    """By name of the page who looks and where; name and value of the cookies, for every browser."""
    first, first_cookie = _taken(site, None, deep_linking=False)
    teaching, teaching_cookie = _taken(site, site.people.noor, deep_linking=True)
    pages = {
        "first launch": ("nobody", f"/lti/continue/{first}"),
        "link accounts": ("sam", f"/lti/link/{first}"),
        "choose for a course": ("noor", f"/lti/choose/{teaching}"),
    }
    return pages, [first_cookie, teaching_cookie]


def _taken(site: "Site", person: "Person | None", *, deep_linking: bool) -> tuple[str, tuple[str, str]]:
    from jobtwin.services.lti_launch import begin_launch
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import LtiPlatform

    now = database_now()
    row, _, secret = begin_launch(
        found=LtiPlatform.objects.get(), login_hint="7", message_hint="", redirect_uri=site.url, now=now
    )
    role = "Instructor" if deep_linking else "Learner"
    back = "https://moodle.school.edu/return" if deep_linking else ""
    said = Launch("lea-9", "Lea", frozenset({role}), "1", deep_linking, "", "", back, "")
    row.taken_at, row.person = now, person
    row.said = asdict(said) | {"roles": [role]}
    row.save(update_fields=["taken_at", "person", "said"])
    return str(row.pk), (f"lti-{row.state_sha256[:16]}", secret)
