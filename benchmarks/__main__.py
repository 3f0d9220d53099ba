"""All benchmarks, one after the other: ``make benchmarks``."""

from benchmarks import start, sync

for benchmark in (start, sync):
    benchmark.main()
