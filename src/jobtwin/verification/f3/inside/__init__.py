"""What runs beside the evals inside the sandbox: standard library only, no other file of the package."""
