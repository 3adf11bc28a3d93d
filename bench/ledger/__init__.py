"""What a ledger of a million entries costs: an append, an inclusion proof, an export and its verification."""
