"""Capstones made by code, whose defects are known because they were put there."""

from jobtwin.evals.capstones.build import Capstone, capstones
from jobtwin.evals.capstones.slots import Slot, Variant, all_slots

__all__ = ["Capstone", "Slot", "Variant", "all_slots", "capstones"]
