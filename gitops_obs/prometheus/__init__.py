"""Prometheus asked over HTTP, and what alert rules would have done with what it remembers.

`client` asks, `address` says whom and with which token; `inline` turns rules over recorded series into rules over raw
ones, `firing` applies `for` and `keep_firing_for`, and `backtest` puts them together. Only `client` opens a socket.
"""
