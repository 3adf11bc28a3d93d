"""Questions to models, a row each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0010_windows_and_extensions"),
    ]

    operations = [
        migrations.CreateModel(
            name="ModelCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("criterion", models.CharField(max_length=64)),
                ("neutral", models.BooleanField()),
                ("model", models.CharField(blank=True, max_length=200)),
                ("outcome", models.CharField(max_length=64)),
                ("requests", models.PositiveIntegerField()),
                ("tokens_in", models.PositiveIntegerField()),
                ("tokens_out", models.PositiveIntegerField()),
                ("cost", models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True)),
                ("seconds", models.FloatField()),
                ("cached", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="model_calls",
                        to="store.submission",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
