"""Questions about calls."""

from calls.queries.routing import candidates_for, line_at

__all__ = ["candidates_for", "line_at"]
