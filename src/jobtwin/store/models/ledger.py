"""Ledgers: one append-only Merkle log a mentor. Neither role may change a row (trigger and grants)."""

from django.db import models

from jobtwin.store.models.person import Person


class Ledger(models.Model):
    """A mentor's ledger. `name` is random and names nobody; `origin` stands in its checkpoints."""

    name = models.CharField(max_length=64, unique=True)
    origin = models.CharField(max_length=200, unique=True)
    mentor = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="ledger")


class LedgerEntry(models.Model):
    """One entry: its canonical JSON bytes and the RFC 6962 leaf hash over them."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    canonical = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["ledger", "seq"], name="ledger_entry_once")]


class LedgerNode(models.Model):
    """An interior node of the Merkle tree that is complete, so that a proof costs few reads."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="nodes")
    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ledger", "level", "index"], name="ledger_node_once")]


class Checkpoint(models.Model):
    """A signed checkpoint (C2SP note) of a ledger at a size."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["size", "id"]
        constraints = [models.UniqueConstraint(fields=["ledger", "size"], name="checkpoint_size_once")]


class Cosignature(models.Model):
    """The witness's signature line for a checkpoint, where the witness's key is held elsewhere."""

    checkpoint = models.OneToOneField(Checkpoint, on_delete=models.PROTECT, related_name="cosignature")
    line = models.TextField()
    added_at = models.DateTimeField()
