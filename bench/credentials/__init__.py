"""How long credentials take: `python -m bench.credentials` prints the table of docs/benchmarks.md."""
