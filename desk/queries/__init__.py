"""Questions that only the desk asks."""
