"""Marks text that differs from service to service without changing the shape of what is built."""

from __future__ import annotations

from typing import TypeAlias

Leaf: TypeAlias = str
"""Text of one service: pasted into what is built, never computed with, split or branched on (see `model`)."""
