"""A small assistant that answers customers."""
