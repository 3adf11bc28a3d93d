"""Many learners at once against `jobtwin serve`'s web server and a real PostgreSQL; afterwards the database
is asked whether anything that was accepted is missing.

    python -m bench.rush --learners 2000 --at-deadline 500
"""
