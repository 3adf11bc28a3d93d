"""Constraints that more than one model uses."""

from django.db import models


def set_together(first: str, second: str, *, name: str) -> models.CheckConstraint:
    """Both columns hold a value, or neither does."""
    both_null = models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
    both_set = models.Q(**{f"{first}__isnull": False, f"{second}__isnull": False})
    return models.CheckConstraint(condition=both_null | both_set, name=name)
