"""Fingerprints, pairs that share them, and facts for the mentor's desk."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0018_rehearsals_and_disputes"),
    ]

    operations = [
        migrations.CreateModel(
            name="FingerprintSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brief_id", models.CharField(max_length=64)),
                ("count", models.PositiveIntegerField()),
                ("taken_at", models.DateTimeField()),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fingerprint_set",
                        to="store.submission",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OriginalityFacts",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document", models.JSONField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="originality",
                        to="store.submission",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Fingerprint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hash", models.BigIntegerField()),
                (
                    "taken",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fingerprints",
                        to="store.fingerprintset",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["hash", "taken"], name="fingerprint_by_hash")],
            },
        ),
        migrations.CreateModel(
            name="Similarity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shared", models.PositiveIntegerField()),
                ("places", models.JSONField()),
                ("found_at", models.DateTimeField()),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.submission"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.submission"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="similarity_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="similarity_order"
                    ),
                ],
            },
        ),
    ]
