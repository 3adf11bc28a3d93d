"""What was submitted: safe clone, pinned commit, files as inert bytes."""
