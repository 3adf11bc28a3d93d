"""The Django app whose `tasks` module Procrastinate discovers."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background work of Job Twin."""

    name = "jobtwin.jobs"
    label = "jobs"
