"""A simulated exam of many learners, from measured figures: workers needed, their cost, what breaks first."""
