"""How it is wired: settings, addresses, the embedded database."""
