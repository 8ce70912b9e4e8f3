"""The desk, as HTTP serves it."""
