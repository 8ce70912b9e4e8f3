"""Decisions about clients, in pure Python."""
