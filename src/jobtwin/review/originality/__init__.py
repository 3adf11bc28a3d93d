"""Originality: facts for a mentor's eyes, never an accusation and never part of a score."""
