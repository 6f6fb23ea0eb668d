"""Pictures as SVG: text in, text out. No script, no outside resource, no measuring of fonts; colours are in `look`."""
