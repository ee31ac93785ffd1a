"""Measurements (`make bench`): ratios and growth, written to docs/benchmarks.md."""
