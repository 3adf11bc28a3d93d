"""The domain suite: cases, runner and the last committed results."""
