"""Claims that end, pauses of the clock, and when a submission was first claimed and wants a mentor."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BACKFILL = """
    UPDATE store_submission s SET first_claimed_at = m.first
        FROM (SELECT submission_id, MIN(claimed_at) AS first FROM store_mark GROUP BY submission_id) m
        WHERE m.submission_id = s.id;
    UPDATE store_submission s SET wanted_since = a.verified_at
        FROM store_attempt a
        WHERE a.id = s.attempt_id AND a.verified_at IS NOT NULL AND a.decided_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM store_decision d WHERE d.submission_id = s.id)
        AND ((SELECT COUNT(*) FROM store_mark m WHERE m.submission_id = s.id) < 2
            OR ((SELECT COUNT(*) FROM store_mark m WHERE m.submission_id = s.id) = 2
                AND (SELECT COUNT(*) FROM store_mark m JOIN store_revision r ON r.mark_id = m.id
                     WHERE m.submission_id = s.id) = 2));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0015_gold_submissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockPause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("reason", models.CharField(max_length=1000)),
                ("made_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-start", "-id"],
            },
        ),
        migrations.CreateModel(
            name="EndedClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField()),
                (
                    "ending",
                    models.CharField(
                        choices=[
                            ("released", "released"),
                            ("conflict", "conflict"),
                            ("overdue", "overdue"),
                            ("reassigned", "reassigned"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=1000)),
            ],
            options={
                "ordering": ["-ended_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="mark",
            name="gone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="first_claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="wanted_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", True), ("verified_at__isnull", False)),
                fields=["id"],
                name="attempt_in_marking",
            ),
        ),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(
                condition=models.Q(("sealed_at__isnull", True)), fields=["mentor"], name="mark_unsealed"
            ),
        ),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(fields=["mentor", "-claimed_at", "-id"], name="mark_newest"),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("wanted_since__isnull", False)),
                fields=["submitted_at", "id"],
                name="submission_wanted",
            ),
        ),
        migrations.AddField(
            model_name="clockpause",
            name="cancelled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="clockpause",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="clockpause",
            name="mentor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clock_pauses",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="clockpause",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="clock_pauses", to="store.programme"
            ),
        ),
        migrations.AddField(
            model_name="clockpause",
            name="submission",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clock_pauses",
                to="store.submission",
            ),
        ),
        migrations.AddField(
            model_name="endedclaim",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="endedclaim",
            name="mentor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_claims",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="endedclaim",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ended_claims",
                to="store.submission",
            ),
        ),
        migrations.AddIndex(
            model_name="clockpause",
            index=models.Index(
                condition=models.Q(("cancelled_at__isnull", True)),
                fields=["programme", "end"],
                name="pause_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="clockpause",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gt", models.F("start"))), name="pause_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="clockpause",
            constraint=models.CheckConstraint(
                condition=models.Q(("mentor__isnull", True), ("submission__isnull", True), _connector="OR"),
                name="pause_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="endedclaim",
            constraint=models.UniqueConstraint(fields=("submission", "mentor"), name="claim_ends_once"),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
