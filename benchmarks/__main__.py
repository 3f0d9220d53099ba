"""All benchmarks, one after the other: ``make benchmarks``."""

from benchmarks import clients, directory, documents, idle, start, sync

for benchmark in (start, sync, idle, clients, documents, directory):
    benchmark.main()
