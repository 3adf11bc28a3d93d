"""What can be proven: keys, ledgers, checkpoints, credentials, status lists.

The two verifiers stand here for whoever uses them as a library; neither needs a network or a database.
"""

from jobtwin.proofs.ledger import LedgerReport, verify_ledger
from jobtwin.proofs.verification import Verification
from jobtwin.proofs.verify import verify_credential

__all__ = ["LedgerReport", "Verification", "verify_credential", "verify_ledger"]
