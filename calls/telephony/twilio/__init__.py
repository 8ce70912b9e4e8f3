"""Twilio: its signed webhooks, our TwiML, its API."""

PROVIDER = "twilio"
