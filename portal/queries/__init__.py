"""Questions that only the portal asks."""
