"""How often one asker is answered, counted in the cache over fixed windows."""

from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache


@dataclass(frozen=True)
class Limit:
    """At most `most` in `seconds` for each asker."""

    name: str
    most: int
    seconds: int

    def count(self, asker: str) -> bool:
        """Count one more; say whether it is too many."""
        key = self._key(asker)
        cache.add(key, 0, self.seconds)
        try:
            return cache.incr(key) > self.most
        except ValueError:  # the window ended between the two
            return False

    def _key(self, asker: str) -> str:
        """Name the counter; nobody reads an address or a token out of the cache."""
        return f"limit.{self.name}.{sha256(asker.encode()).hexdigest()}"
