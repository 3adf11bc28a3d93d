"""What takes time: thin tasks that call an engine, then a service."""
