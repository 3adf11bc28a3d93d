"""Who asks by terminal. `verify`, `evidence`, `draft` and the verifiers load no Django."""
