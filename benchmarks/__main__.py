"""All benchmarks, one after the other: ``make benchmarks``."""

from benchmarks import amounts, clients, directory, documents, idle, outreach, start, sync

for benchmark in (start, sync, idle, clients, outreach, documents, amounts, directory):
    benchmark.main()
