"""All benchmarks, one after the other: ``make benchmarks``."""

from benchmarks import directory, start, sync

for benchmark in (start, sync, directory):
    benchmark.main()
