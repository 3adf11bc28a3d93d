"""Fingerprints and comparison of whole cohorts, with synthetic submissions on an embedded PostgreSQL."""
