"""The queue under load: throughput a worker, what a job costs beyond itself, and workers that are killed."""
