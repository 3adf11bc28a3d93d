"""Faults injected into a running instance, and what became of every submission: docs/faults.md."""
