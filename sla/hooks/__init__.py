"""Webhooks of helpdesks: how a delivery is verified, and how what it says becomes events. Declared as data, no code."""
