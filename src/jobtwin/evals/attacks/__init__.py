"""Attacks: texts that try to steer whoever marks, put where a submission can carry them."""

from jobtwin.evals.attacks.carriers import CARRIERS
from jobtwin.evals.attacks.payloads import BENIGN, PAYLOADS

__all__ = ["BENIGN", "CARRIERS", "PAYLOADS"]
