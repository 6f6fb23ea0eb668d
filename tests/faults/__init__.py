"""Faults: real processes and real signals, seeded; what may go wrong does, and every case is judged afterwards.

`python -m tests.faults` prints the table; the tests in here are its short form.
"""
