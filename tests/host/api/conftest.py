"""A served instance for programs: gunicorn on a free port, the capstone published, the sample as a source."""

from tests.host.browser.conftest import site

__all__ = ["site"]
