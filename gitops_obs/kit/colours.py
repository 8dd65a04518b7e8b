"""Colours, which mean state. Names are Grafana's, so that they suit the dark and the light theme."""

GOOD = "green"
"""Within the objective."""

WARN = "orange"
"""Burning budget."""

BAD = "red"
"""Past the page threshold; failed requests."""

NEUTRAL = "text"
"""A number that is neither good nor bad."""

MUTED = "#8e8e8e"
"""The past, and what is not known."""

SERIES = ("blue", "purple", "semi-dark-orange")
"""Lines that stand for no state: p50, p90, p99."""

CLASSES = {"1xx": MUTED, "2xx": GOOD, "3xx": "blue", "4xx": "yellow", "5xx": BAD}
"""Status classes, the same on every page."""
