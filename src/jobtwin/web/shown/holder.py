"""Rows of the directory of holders."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from jobtwin.core.ledger import score_text
from jobtwin.core.statistic import Estimate
from jobtwin.store.models import BriefVersion
from jobtwin.store.queries.holder import Holder, agreement_of
from jobtwin.web.shown.reproduced import Reproduced, reproduced
from jobtwin.web.shown.words import share

MARKERS = {
    "mean": gettext_noop("two mentors marked it apart and agreed"),
    "discussed": gettext_noop("two mentors were apart, discussed it in writing, and agreed"),
    "median_of_three": gettext_noop("two mentors stayed apart, and a third decided"),
}


@dataclass(frozen=True, slots=True)
class HolderRow:
    """One holder as the page shows it; `markers` says how the marks came together."""

    holder: Holder
    version: BriefVersion
    facts: tuple[Reproduced, ...]
    markers: str

    @property
    def address(self) -> str:
        """The credential's own page."""
        return str(settings.JOBTWIN.origin) + reverse("credential", args=[self.holder.credential.pk])

    def as_json(self) -> dict[str, object]:
        """The form of `/holders.json`; weights are text, as in the credential."""
        decision = self.holder.credential.attempt.submission.decision
        return {
            "credential": self.address,
            "name": self.holder.listing.name,
            "link": self.holder.listing.link,
            "weight": score_text(self.holder.skill.weight),
            "ceiling": score_text(self.holder.skill.ceiling),
            "exam": {"title": self.version.brief.title, "version": self.version.version},
            "overall": score_text(decision.overall),
            "facts": {one.words: one.verdict for one in self.facts},
            "markers": self.markers,
            "issued": f"{self.holder.credential.issued_at:%Y-%m-%d}",
        }


def holder_rows(holders: Iterable[Holder]) -> tuple[HolderRow, ...]:
    """The rows of a page."""
    return tuple(_row(one) for one in holders)


def agreement_words(version: BriefVersion) -> str:
    """How well the mentors of an exam agree, with what the figure stands on, or why there is none."""
    found = agreement_of(version)
    if isinstance(found, Estimate):
        return gettext(
            "{value} of {number} dimensions marked twice were within the exam's tolerance before the mentors "
            "spoke (95 % interval {lower} to {upper})"
        ).format(value=share(found.value), number=found.n, lower=share(found.lower), upper=share(found.upper))
    return gettext(
        "too few dimensions were marked twice so far ({number}) for a figure that says something"
    ).format(number=found.n)


def _row(holder: Holder) -> HolderRow:
    attempt = holder.credential.attempt
    facts = reproduced(attempt.brief_version.brief, attempt.submission.checks.all())
    return HolderRow(holder, attempt.brief_version, facts, MARKERS[attempt.submission.decision.route])
