"""Benchmarks: `make bench`. Every figure stands beside its own floor, measured in the same run on the same machine."""
