"""Visits: signed-in clients, and the steps of an exam by HTTP."""

import re
from typing import TYPE_CHECKING

from django.test import Client

from jobtwin.store.models import BriefVersion, Person, Submission

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

DIMENSIONS = ("quality", "reflection")


def client(person: Person | None = None) -> Client:
    """A browser of somebody's own; faults of ours are raised, not shown."""
    found = Client()
    if person is not None:
        found.force_login(person)
    return found


def text_of(answer: "Answer") -> str:
    """The HTML of an answer."""
    return answer.content.decode()


def masked(html: str) -> str:
    """The page without its CSRF token, which differs at every look."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


def start(visitor: Client) -> str:
    """Starts the published small exam; the address of the attempt."""
    digest = BriefVersion.objects.get().digest
    return visitor.post("/briefs/small/start", {"digest": digest}).headers["Location"]


def draft(**changes: str) -> dict[str, str]:
    """A whole form of the attempt page."""
    form = {"base_version": "0", "source": "https://git.example.org/ada/capstone", "notes": "Hello."}
    return form | {"answer-F1": "yes", "answer-F3": "yes"} | changes


def mark_form(score: str, comment: str = "Seen and weighed.") -> dict[str, str]:
    """A whole form of the desk with the same score everywhere."""
    return {f"score-{one}": score for one in DIMENSIONS} | {f"comment-{one}": comment for one in DIMENSIONS}


def claim(visitor: Client, submission: Submission) -> str:
    """Claims a submission; the address of the desk."""
    answer = visitor.post(f"/marking/{submission.pk}/claim", {"no_conflict": "yes"})
    return answer.headers["Location"]


def seal(visitor: Client, desk: str) -> "Answer":
    """Seals what the seal page shows."""
    shown = re.search(r'name="seen" value="([^"]*)"', text_of(visitor.get(f"{desk}/seal")))
    assert shown is not None
    return visitor.post(f"{desk}/seal", {"seen": shown[1], "confirm": "yes"})
