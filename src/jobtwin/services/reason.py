"""Reasons that a person writes for what they do to somebody else's work."""

from jobtwin.core.errors import BadInput

MIN_REASON = 10
MAX_REASON = 1_000


def written_reason(text: str) -> str:
    """The reason without spaces around it. Raises BadInput for one that is too short, too long or no text."""
    reason = text.strip()
    if not MIN_REASON <= len(reason) <= MAX_REASON or "\0" in reason:
        raise BadInput(f"give a reason of {MIN_REASON} to {MAX_REASON} characters", code="reason")
    return reason
