"""What verification costs."""
