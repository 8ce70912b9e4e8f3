"""Decisions from known facts."""
