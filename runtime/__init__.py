"""Makes a process of it: settings, logs, metrics, connections, local servers. It imports `sla` at most."""
