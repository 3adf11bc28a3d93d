"""What can be proven: keys, ledgers, checkpoints, credentials, status lists.

The verifiers stand here for whoever uses them as a library. None needs a database, and only `verify_online`
asks anybody: through a function that its caller hands in.
"""

from jobtwin.proofs.ledger import LedgerReport, verify_ledger
from jobtwin.proofs.online import verify_online
from jobtwin.proofs.verification import Verification
from jobtwin.proofs.verify import verify_credential

__all__ = ["LedgerReport", "Verification", "verify_credential", "verify_ledger", "verify_online"]
