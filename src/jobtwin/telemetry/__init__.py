"""What is told about the running system: spans, metrics and log lines; nothing of a person."""
