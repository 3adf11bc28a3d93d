"""What can be shown: evidence with citations, bounds, drafts."""
