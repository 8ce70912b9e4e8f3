"""Slot rules, absences, appointments and what the screens show of them."""
