"""Fixtures for every ring. Those that need the database load Django only when asked."""
