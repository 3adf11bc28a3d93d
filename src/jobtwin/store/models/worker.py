"""Workers as they tell themselves: what they have and what they take."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class WorkerNote(models.Model):
    """What a worker told when it began. `worker` is its id in the queue, with whose row this one goes;
    `has` are labels of `verification.needs`, `capacity` is how many jobs it runs at once."""

    worker = models.BigIntegerField(primary_key=True)
    has = ArrayField(models.CharField(max_length=40), default=list)
    queues = ArrayField(models.CharField(max_length=80), default=list)
    capacity = models.PositiveSmallIntegerField()
    since = models.DateTimeField()

    class Meta:
        ordering = ["worker"]


class JobDeaths(models.Model):
    """How many workers died or fell silent with this job in hand. `job` is its id in the queue, with whose
    row this one goes."""

    job = models.BigIntegerField(primary_key=True)
    deaths = models.PositiveSmallIntegerField()
