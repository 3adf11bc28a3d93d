"""What is asked of other people's servers: one door, which leads to public addresses alone."""
