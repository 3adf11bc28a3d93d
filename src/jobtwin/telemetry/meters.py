"""What is counted in a process, for Prometheus. Labels have few values: names of ours, never a path.

What the database knows (queues, deadlines, ledgers) is read when it is asked for: `store.queries.telemetry`.
"""

from prometheus_client import Counter, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LONG_SECONDS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)

REQUESTS = Counter("jobtwin_requests", "Answers to HTTP requests.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "jobtwin_request_seconds", "From a request's arrival to its answer.", ["route"], buckets=SECONDS
)
JOBS = Counter("jobtwin_jobs", "Jobs that ended in this process.", ["job", "outcome"])
JOB_SECONDS = Histogram("jobtwin_job_seconds", "How long jobs ran.", ["job"], buckets=LONG_SECONDS)
CHECKS = Counter("jobtwin_checks", "Checks recorded.", ["check", "verdict", "reason"])
PHASE_SECONDS = Histogram(
    "jobtwin_phase_seconds", "Phases of verifications.", ["check", "phase"], buckets=LONG_SECONDS
)
DELIVERIES = Counter("jobtwin_webhook_tries", "Tries to deliver an event.", ["outcome"])
MODEL_CALLS = Counter("jobtwin_model_calls", "Requests to models.", ["model", "outcome"])
MODEL_TOKENS = Counter("jobtwin_model_tokens", "Tokens of models.", ["model", "direction"])
MODEL_COST = Counter("jobtwin_model_cost_dollars", "What models cost, where a price is known.", ["model"])
MODEL_SECONDS = Histogram("jobtwin_model_seconds", "One request to a model.", ["model"], buckets=LONG_SECONDS)
