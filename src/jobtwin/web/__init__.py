"""Who asks by HTTP."""
