"""What the server's process has loaded is settled before the first request."""

from __future__ import annotations

import json
import subprocess
import sys

SAYS = """
import gc, json
import permanence.asgi
from django.urls import get_resolver
print(json.dumps([gc.get_freeze_count() > 100_000, "url_patterns" in vars(get_resolver())]))
"""


def test_what_was_loaded_is_never_collected_again() -> None:
    done = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == [True, True]
