"""Benchmarks: `./dev bench NAME` runs one of these files or folders."""
