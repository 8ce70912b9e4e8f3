"""The door to what must happen only once a change is safe."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction

logger = logging.getLogger(__name__)


def after_commit(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
    """Call the function once the current transaction is committed.

    An error there is logged and goes no further: it must neither hide what was committed from the
    person who did it, nor keep later calls from running.
    """
    transaction.on_commit(partial(_call_safely, function, *args, **kwargs))


def _call_safely(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
    try:
        function(*args, **kwargs)
    except Exception:
        logger.exception("after commit: %s failed", getattr(function, "__qualname__", function))
