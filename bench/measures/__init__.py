"""The measures, one module each: see `bench.rows`."""
