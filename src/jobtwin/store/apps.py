"""The Django app that keeps everything."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Models and migrations of Job Twin."""

    name = "jobtwin.store"
    label = "store"
