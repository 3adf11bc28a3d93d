"""Fixtures for every ring. Those that need the database load Django only when asked."""

import os

from hypothesis import HealthCheck, settings

# What F1 runs after its verdict has tests of its own, which set their budget; no other test waits for it.
os.environ.setdefault("JOBTWIN_AFTER_CPU_SECONDS", "0")

# How fast a busy machine draws examples says nothing about what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
