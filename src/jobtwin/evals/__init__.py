"""How good the review is."""
