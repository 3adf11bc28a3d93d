"""Read queries: what each person may see."""
