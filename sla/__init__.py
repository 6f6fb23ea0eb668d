"""The law: what processes, calendars and events mean. Pure: no clock, no I/O, no Temporal, no environment (HOUSE)."""
