"""What may be done: one verb a function, one transaction each."""
