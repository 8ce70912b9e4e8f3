"""Days of the three people, in a real browser."""
