"""What was reproduced: dependencies, sandbox, checks F1 to F4."""
