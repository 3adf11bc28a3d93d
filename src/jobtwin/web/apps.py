"""The Django app with pages and templates."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages of Job Twin."""

    name = "jobtwin.web"
    label = "web"
