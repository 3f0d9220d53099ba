"""All benchmarks, one after the other: ``make benchmarks``."""

from benchmarks import directory, documents, start, sync

for benchmark in (start, sync, documents, directory):
    benchmark.main()
