"""Changes to messages, relays and deliveries: each one transaction."""
