"""Fixtures for every ring. Those that need the database load Django only when asked."""

import os

# What F1 runs after its verdict has tests of its own, which set their budget; no other test waits for it.
os.environ.setdefault("JOBTWIN_AFTER_CPU_SECONDS", "0")
