"""Which learning platforms may be asked beside public ones, from the environment."""

from collections.abc import Mapping

from jobtwin.core.errors import BadInput
from jobtwin.outside.settings import RequestSettings

NAMES = {
    "JOBTWIN_LOOPBACK_PLATFORMS": "development only: host:port on loopback of learning platforms, by commas",
}


def loopback_platforms(values: Mapping[str, str], *, production: bool) -> frozenset[str]:
    """The origins that may be asked over http. Raises BadInput in production, or for one in another form."""
    listed = values.get("JOBTWIN_LOOPBACK_PLATFORMS", "")
    found = frozenset(part.strip() for part in listed.split(",") if part.strip())
    if found and production:
        raise BadInput("JOBTWIN_LOOPBACK_PLATFORMS is for development only")
    try:
        RequestSettings(development=found)
    except ValueError as error:
        raise BadInput(f"JOBTWIN_LOOPBACK_PLATFORMS: {error}") from error
    return found
