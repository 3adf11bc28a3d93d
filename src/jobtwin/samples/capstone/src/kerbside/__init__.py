"""Kerbside: sends a resident's report to the department that can fix it, and says why."""

__version__ = "0.3.0"
