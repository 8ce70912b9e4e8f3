"""The product's own settings, as `manage.py check --deploy` looks at them."""

from permanence.settings import *  # noqa: F403
from permanence.settings import SILENCED_SYSTEM_CHECKS as SILENCED

# What HSTS promises for all subdomains, or to the browsers' makers, is for the domain's owner.
SILENCED_SYSTEM_CHECKS = [*SILENCED, "security.W005", "security.W021"]
