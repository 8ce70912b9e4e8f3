"""Questions about messages, deliveries and call files."""
