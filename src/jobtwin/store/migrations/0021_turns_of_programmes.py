"""Programmes take turns in the queue (`store.queue`): indexes for it, and ranks for the jobs that wait already."""

from django.db import migrations

TURNS = """
CREATE INDEX turn_of_queue ON procrastinate_jobs (queue_name, priority)
    WHERE status = 'todo' AND scheduled_at IS NULL;
CREATE INDEX turn_of_programme ON procrastinate_jobs (queue_name, (args ->> 'programme'), priority)
    WHERE status = 'todo' AND scheduled_at IS NULL;
"""
RANKS = """
UPDATE procrastinate_jobs SET priority = 1000000000
    WHERE status = 'todo' AND priority = 0 AND task_name IN ('verify_submission', 'review_submission');
UPDATE procrastinate_jobs SET priority = 500000000
    WHERE status = 'todo' AND priority = 0 AND task_name IN ('replay_appeal', 'compare_submission');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0020_appeals"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        migrations.RunSQL(TURNS, "DROP INDEX turn_of_queue; DROP INDEX turn_of_programme"),
        migrations.RunSQL(RANKS, migrations.RunSQL.noop),
    ]
