"""What can be proven: keys, ledgers, checkpoints, credentials, status lists."""
