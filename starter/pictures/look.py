"""How pictures look: one palette for light and for dark, which pages share. Meaning is never in a colour alone."""

from typing import Final

LIGHT: Final = {
    "ink": "#1d2025", "muted": "#5c6470", "faint": "#e4e7eb", "rule": "#c9ced6", "paper": "#ffffff", "wash": "#f3f1ea",
    "open": "#bfd5ee", "over": "#f0b9b2", "good": "#1a7446", "bad": "#b3261e", "warn": "#8f5600", "accent": "#2459a6",
}  # fmt: skip
DARK: Final = {
    "ink": "#e7e9ec", "muted": "#a1a9b5", "faint": "#2a2f37", "rule": "#454c57", "paper": "#15181d", "wash": "#24221c",
    "open": "#2f5580", "over": "#8c3a34", "good": "#57c28b", "bad": "#ff8a80", "warn": "#f0b357", "accent": "#8ab8f5",
}  # fmt: skip
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif"


def palette() -> str:
    """The colours as custom properties of `:root`: light on paper, and dark where a reader's screen is."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{_set(DARK)}}}}}"
    return f":root{{color-scheme:light dark;{_set(LIGHT)}}}{dark}"


def _set(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


_RULES: Final = """
.mp { font-family: FONT; font-size: 12px; font-variant-numeric: tabular-nums; print-color-adjust: exact }
.mp { -webkit-print-color-adjust: exact }
.mp text { fill: var(--ink) }
.mp .soft { fill: var(--muted) }
.mp .good { fill: var(--good) }
.mp .bad { fill: var(--bad) }
.mp .warn { fill: var(--warn) }
.mp .small { font-size: 11px }
.mp .tiny { font-size: 10px }
.mp .strong { font-weight: 600 }
.mp .clear { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round }
.mp .ground { fill: var(--paper) }
.mp .grid { stroke: var(--faint); fill: none }
.mp .gridstrong, .mp .rule { stroke: var(--rule); fill: none }
.mp .unlike { fill: var(--wash) }
.mp .outlined { stroke: var(--rule) }
.mp .life { stroke: var(--muted); fill: none; stroke-width: 1.5 }
.mp .ahead { stroke: var(--muted); fill: none; stroke-width: 1.5; stroke-dasharray: 1.5 4 }
.mp .now { stroke: var(--accent); fill: none; stroke-dasharray: 5 3 }
.mp .nowword { fill: var(--accent) }
.mp .open { fill: var(--open) }
.mp .over { fill: var(--over) }
.mp .later { fill: var(--open); fill-opacity: .4 }
.mp .hatch { stroke: var(--muted); stroke-width: 1.4 }
.mp .stop { stroke: var(--muted); stroke-width: .8 }
.mp .line { stroke: var(--ink); fill: none; stroke-width: 1.6 }
.mp .flag { fill: var(--ink) }
.mp .halo { stroke: var(--paper); fill: none; stroke-width: 6; stroke-linecap: round }
.mp .cross { stroke: var(--bad); fill: none; stroke-width: 2.6; stroke-linecap: round }
.mp .disc { fill: var(--good); stroke: var(--paper); stroke-width: 1.5 }
.mp .check { stroke: var(--paper); fill: none; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round }
.mp .warning { --of: var(--warn) }
.mp .violation { --of: var(--bad) }
.mp .success { --of: var(--good) }
.mp .retracted { --of: var(--accent) }
.mp .any { --of: var(--muted) }
.mp .solid { fill: var(--of); stroke: var(--paper); stroke-width: 1 }
.mp .hollow { fill: var(--paper); stroke: var(--of); stroke-width: 1.5 }
.mp .stroke { stroke: var(--of); fill: none; stroke-width: 1.5 }
"""
PICTURE: Final = " ".join(_RULES.replace("FONT", FONT).split())
"""The classes that pictures draw with."""


def style() -> str:
    """The whole style of a picture that stands alone."""
    return palette() + PICTURE
