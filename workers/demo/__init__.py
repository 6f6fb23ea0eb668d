"""`milepost demo`: live cases whose hours pass in seconds, what became of them, and whether that is what was promised."""

from workers.demo.stage import run_demo

__all__ = ["run_demo"]
