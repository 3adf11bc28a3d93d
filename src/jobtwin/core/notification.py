"""Notifications: what a person is told in the page and by mail, and when the mail is due.

A notification is a kind and facts; its words are made when it is read. Duty is mailed at once and cannot be
switched off; everything else follows the pace that the person chose.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from string import Formatter

DIGEST_AT = time(7)
"""When the daily mail goes out, in UTC."""

MAX_FACT = 4_000
"""Letters of one fact; a signed checkpoint is the longest."""

Translate = Callable[[str], str]
"""Gives an English sentence of ours in the reader's language, and what it does not know as it is."""

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MOMENT = "{day} {month} {year}, {time} UTC"
NO_LONGER_SENT = "This message is of a kind that is no longer sent."
_MOMENT = re.compile(rf"([0-9]{{1,2}}) ({'|'.join(MONTHS)}) ([0-9]{{4}}), ([0-9]{{2}}:[0-9]{{2}}) UTC")


class Pace(StrEnum):
    """How a person wants mail about what is not duty."""

    EACH = "each"
    DAILY = "daily"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notification: subject and sentence with `{facts}`, and what its link is called.

    `duty` is what somebody has to act on because of their part in an exam. A fact `path` is where the link
    leads; a fact `block` is shown below the sentence, letter by letter.
    """

    subject: str
    sentence: str
    link: str = "Open the page"
    duty: bool = False

    @property
    def needs(self) -> frozenset[str]:
        """The facts that the words name."""
        parts = Formatter().parse(f"{self.subject} {self.sentence}")
        return frozenset(name for _, name, _, _ in parts if name)


KINDS: Mapping[str, Kind] = {
    "marks_apart": Kind(
        "{title}: your marks are apart",
        "Both of you have sealed, and the marks of {title} are apart. Compare them and answer in writing.",
        "Compare the marks",
        duty=True,
    ),
    "decision_to_sign": Kind(
        "{title}: a decision waits for your signature",
        "The marks of {title} give a decision. You sign it.",
        "Sign the decision",
        duty=True,
    ),
    "seal_reminder": Kind(
        "{title}: {percent} % of your time has passed",
        "Your mark of {title} is due {due}.",
        "Open the desk",
        duty=True,
    ),
    "seal_overdue": Kind(
        "{title}: your mark is overdue",
        "Your mark of {title} was due {due}. If it is not sealed {until}, it goes to another mentor.",
        "Open the desk",
        duty=True,
    ),
    "sign_reminder": Kind(
        "{title}: {percent} % of the time to sign has passed",
        "The decision on {title} is due {due}. You sign it.",
        "Sign the decision",
        duty=True,
    ),
    "claim_ended": Kind(
        "{title}: your claim has ended",
        "You no longer mark submission {submission} of {title}: {why}.",
        "Open the queue",
        duty=True,
    ),
    "asked_to_mark": Kind(
        "{title}: you are asked to mark",
        "Please claim submission {submission} of {title}, if you know of no conflict of interest.",
        "Open the queue",
    ),
    "marking_waits": Kind(
        "{title}: a submission waits to be marked",
        "A submission of {title} waits in your queue; claim it if you know of no conflict of interest. "
        "Of others that begin to wait you are told tomorrow.",
        "Open the queue",
    ),
    "past_due": Kind(
        "{title}: a submission is past its time",
        "Submission {submission} of {title} was due {due} and is not decided.",
        "See what is at risk",
        duty=True,
    ),
    "claim_lapsed": Kind(
        "{title}: a claim went back to the queue",
        "Submission {submission} of {title} was not sealed in time and waits for another mentor.",
        "See what is at risk",
        duty=True,
    ),
    "appeal_opened": Kind(
        "{title}: a learner appeals",
        "Submission {submission} of {title} is appealed. Two mentors who did not mark it are needed.",
        "See what waits",
        duty=True,
    ),
    "appeal_waiting": Kind(
        "{title}: an appeal lacks a mentor",
        "The appeal of submission {submission} of {title} has lacked a mentor since {since}.",
        "See what waits",
        duty=True,
    ),
    "appeal_decided": Kind(
        "{title}: your appeal is decided",
        "Two mentors who had not marked your work looked again. Read what they found.",
        "Read the outcome",
    ),
    "webhook_off": Kind(
        "{programme}: a webhook was turned off",
        "Events of {programme} no longer go to {host}: {why}. Mend the receiver, then turn it on again.",
        "Open the webhook",
        duty=True,
    ),
    "own_checkpoint": Kind(
        "Your ledger: a checkpoint over {size} entries to keep",
        "Keep this mail. Whoever rewrites your ledger later cannot make these lines fit again.",
        duty=True,
    ),
    "other_checkpoint": Kind(
        "Submission {submission}: the checkpoint of the other ledger, to keep",
        "All who marked this submission have sealed. Keep this mail: it holds the other one to their marks.",
        duty=True,
    ),
    "exam_started": Kind(
        "{title}: your clock runs",
        "You have started {title}. It ends on {deadline}; what you save counts, and nothing after that.",
        "Go to your work",
    ),
    "exam_day_left": Kind(
        "{title}: less than a day left",
        "{title} ends on {deadline}. Submit before: a saved draft alone is not a submission.",
        "Go to your work",
        duty=True,
    ),
    "exam_extended": Kind(
        "{title}: you have more time",
        "You have {minutes} minutes more for {title}. It ends on {deadline}; the reason is on the page.",
        "Go to your work",
        duty=True,
    ),
    "exam_voided": Kind(
        "{title}: your attempt is void",
        "An operator declared your attempt at {title} void; it does not count. The reason is on the page.",
        "See your attempt",
        duty=True,
    ),
    "dispute_answered": Kind(
        "{title}: your dispute of {check} is answered",
        "An operator answered your dispute of {check} in {title}. The answer stands beside the fact.",
        "Read the answer",
    ),
    "dispute_raised": Kind(
        "{title}: a learner disputes a check",
        "Submission {submission} of {title}: {check} is disputed. Answer before marking ends.",
        "Answer the dispute",
        duty=True,
    ),
    "exam_received": Kind(
        "{title}: your submission is received",
        "Your submission of {title} is received, and its commit is pinned. The receipt is on the page.",
        "See what happens with it",
    ),
    "exam_verified": Kind(
        "{title}: your submission is verified",
        "What you claim in {title} was reproduced. The facts are on the page; mentors mark next.",
        "See the facts",
    ),
    "exam_decided": Kind(
        "{title}: your result is there",
        "{title} is decided and signed.",
        "See the result",
        duty=True,
    ),
}
"""Every kind by its name. A name that was stored once keeps its meaning."""


@dataclass(frozen=True, slots=True)
class Message:
    """The words of one notification; `path` is on our own site, empty where there is nothing to open."""

    subject: str
    sentence: str
    path: str = ""
    link: str = ""
    block: str = ""


def require_facts(kind: str, facts: Mapping[str, str]) -> None:
    """Raises ValueError for an unknown kind, a fact that its words need, or one that no mail should hold."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of notification: {kind}")
    missing = sorted(KINDS[kind].needs - set(facts))
    if missing:
        raise ValueError(f"{kind} needs the facts {', '.join(missing)}")
    if any(len(value) > MAX_FACT or "\0" in value for value in facts.values()):
        raise ValueError(f"a fact has at most {MAX_FACT} letters and no NUL")
    if not facts.get("path", "/").startswith("/") or facts.get("path", "").startswith("//"):
        raise ValueError("a notification leads to a page of ours")


def message(kind: str, facts: Mapping[str, str], translate: Translate = str) -> Message:
    """The words of a notification; the subject is one line, whatever the facts hold.

    Instants and `why` among the facts are told in that language, too; all others stay as they are.
    """
    known = KINDS.get(kind)
    if known is None or known.needs - set(facts):
        return Message(kind.replace("_", " "), translate(NO_LONGER_SENT))
    told = {
        name: translate(value) if name == "why" and value else _moment(value, translate)
        for name, value in facts.items()
    }
    path = facts.get("path", "")
    return Message(
        " ".join(translate(known.subject).format_map(told).split()),
        translate(known.sentence).format_map(told),
        path,
        translate(known.link) if path else "",
        facts.get("block", ""),
    )


def _moment(fact: str, translate: Translate) -> str:
    found = _MOMENT.fullmatch(fact)
    if found is None:
        return fact
    day, month, year, time_of_day = found.groups()
    return translate(MOMENT).format(day=day, month=translate(month), year=year, time=time_of_day)


def is_duty(kind: str) -> bool:
    """True where the mail goes out whatever the person chose."""
    return kind in KINDS and KINDS[kind].duty


def mail_due(*, duty: bool, pace: Pace, at: datetime) -> datetime | None:
    """When the mail about something of `at` goes out; None where none does."""
    if duty or pace is Pace.EACH:
        return at
    return None if pace is Pace.NONE else last_digest(at) + timedelta(days=1)


def last_digest(now: datetime) -> datetime:
    """The newest instant of the daily mail that is not after `now`."""
    today = datetime.combine(now.astimezone(UTC).date(), DIGEST_AT, tzinfo=UTC)
    return today if today <= now else today - timedelta(days=1)
