"""Runs generated tests by promtool: finds it, gives each test only the rules it needs, and says what failed where."""
