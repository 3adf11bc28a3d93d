"""The process that prepares a run; started on its own, it imports nothing else of the package."""
