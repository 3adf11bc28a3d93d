"""Job Twin: a capstone exam that everyone can trust."""

__version__ = "0.1.0"
