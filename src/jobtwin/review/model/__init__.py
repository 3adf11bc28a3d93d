"""Model drafts: a model is asked what code left unclear, and stays inside the bounds that code has set."""
