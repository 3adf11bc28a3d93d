"""Draft reviews."""

from collections.abc import Mapping

from django.db import models

from jobtwin.core.draft_review import Finding
from jobtwin.store.models.submission import Submission


class DraftReviewRecord(models.Model):
    """The draft review of a submission as `jobtwin draft --json` prints it, with the quoted lines.

    `quotes` maps `path:start-end` to the cited lines, so that a page needs no repository to show them.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="draft_review")
    document = models.JSONField()
    quotes = models.JSONField()
    recorded_at = models.DateTimeField()

    def criteria(self) -> list[tuple[str, Mapping[str, object]]]:
        """Every drafted criterion with the id of its dimension."""
        dimensions = self.document.get("dimensions", [])
        return [(str(one["id"]), criterion) for one in dimensions for criterion in one["criteria"]]

    def findings(self) -> dict[str, Finding]:
        """The drafted verdicts by criterion id."""
        return {str(one["id"]): Finding(str(one["verdict"])) for _, one in self.criteria()}

    def by_model(self) -> dict[str, str]:
        """What a model said, by criterion id; code decided the others alone."""
        said = self.document.get("usage", {}).get("by_model", {})
        return {str(criterion): str(words) for criterion, words in said.items()}
