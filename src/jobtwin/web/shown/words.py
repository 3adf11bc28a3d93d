"""Words that code keeps in English, in the reader's language: verdicts, answers, what scripts say."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop

MACHINE_WORDS = {
    "yes": gettext_noop("yes"),
    "no": gettext_noop("no"),
    "confirmed": gettext_noop("confirmed"),
    "refuted": gettext_noop("refuted"),
    "inconclusive": gettext_noop("inconclusive"),
    "met": gettext_noop("met"),
    "not_met": gettext_noop("not met"),
    "unclear": gettext_noop("unclear"),
    "critical": gettext_noop("critical"),
    "reflective": gettext_noop("reflective"),
    "open": gettext_noop("open"),
    "over": gettext_noop("over"),
    "to come": gettext_noop("to come"),
    "accommodation": gettext_noop("accommodation"),
    "incident": gettext_noop("incident"),
    "check": gettext_noop("check"),
    "probe": gettext_noop("probe"),
    "prose": gettext_noop("prose"),
    "grace": gettext_noop("grace"),
    "expired": gettext_noop("expired"),
    "submitted": gettext_noop("submitted"),
    "marking": gettext_noop("marking"),
    "decided": gettext_noop("decided"),
    "withdrawn": gettext_noop("withdrawn"),
    "voided": gettext_noop("voided"),
    "released": gettext_noop("released"),
    "overdue": gettext_noop("overdue"),
    "reassigned": gettext_noop("reassigned"),
    "conflict": gettext_noop("conflict"),
    "learner": gettext_noop("learner"),
    "mentor": gettext_noop("mentor"),
    "operator": gettext_noop("operator"),
    "start": gettext_noop("start"),
    "draft": gettext_noop("draft"),
    "submission": gettext_noop("submission"),
    "extension": gettext_noop("extension"),
    "withdrawal": gettext_noop("withdrawal"),
    "voiding": gettext_noop("voiding"),
}
"""A word as it is stored, and for a person; what stands here nowhere is shown as it is."""

SCRIPT_WORDS = (
    gettext_noop("{time} left"),
    gettext_noop("The time is over."),
    gettext_noop("Saving …"),
    gettext_noop("The server was not reached"),
    gettext_noop("The server had a fault"),
    gettext_noop("Not saved. {error} Your text is still in this form."),
    gettext_noop(
        "Not saved yet. {what}; trying again in {seconds} seconds. Your text is still in this form."
    ),
    gettext_noop("Not saved. This draft was changed in another window."),
    gettext_noop("Another window saved meanwhile; its changes stand here too."),
    gettext_noop("Another window saved here: {text}"),
    gettext_noop("nothing"),
    gettext_noop("{number} of {all} dimensions scored"),
)
"""What the scripts of pages say; `words.js` looks it up by its English."""


def words(value: str) -> str:
    """A machine's word for a person: `not_met` as `not met`, in the language of the page."""
    known = MACHINE_WORDS.get(value)
    return value.replace("_", " ") if known is None else gettext(known)


def script_words() -> dict[str, str]:
    """English to the language of the page; empty where that is English."""
    return {one: told for one in SCRIPT_WORDS if (told := gettext(one)) != one}


def percent(number: str) -> str:
    """A percentage; `number` is plain decimals with a point: `12.5%`, in German `12,5 %`."""
    # Translators: {number} comes with the decimal sign of the language.
    return gettext("{number}%").format(number=number_format(Decimal(number), use_l10n=True))


def share(value: float) -> str:
    """0.83 as `83%`, without decimals."""
    return percent(f"{value * 100:.0f}")
