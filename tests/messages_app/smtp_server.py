"""aiosmtpd, imported past a clash: a package that it uses is called `public`, as our app is.

All that it takes from there is a decorator which lists a name in `__all__`.
"""

from __future__ import annotations

import sys
from types import ModuleType

_decorator = ModuleType("public")
_decorator.public = lambda thing: thing  # type: ignore[attr-defined]
_ours = sys.modules.pop("public", None)
sys.modules["public"] = _decorator
try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Envelope, Session
finally:
    del sys.modules["public"]
    if _ours is not None:
        sys.modules["public"] = _ours

__all__ = ["SMTP", "Controller", "Envelope", "Session"]
