"""Decisions about messages and deliveries: pure Python, no Django, no clock."""
