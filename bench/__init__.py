"""What Milepost costs and how fast it is, beside what people would use instead: `make bench` prints it.

A development tool: nothing else imports it, and what it compares with is installed for it alone.
"""
