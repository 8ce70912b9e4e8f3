"""Confirmations and reminders of appointments."""
