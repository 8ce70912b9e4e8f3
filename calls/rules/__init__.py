"""Decisions about calls from known facts: pure Python."""
