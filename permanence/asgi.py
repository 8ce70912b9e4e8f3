"""The ASGI application: pages, webhooks, live screens, and the start and end of the process."""

import gc
import os
import sys

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "permanence.settings")
# A webhook lets go of the interpreter at each of its questions, and would wait Python's usual five
# milliseconds to have it back while a screen is rendered: a dozen times, as the only writer.
sys.setswitchinterval(0.0005)
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 (models must be loaded first)
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from permanence.doors import DoorHandler, PagesAndDoors  # noqa: E402
from permanence.lifespan import Lifespan  # noqa: E402
from permanence.sockets import SOCKETS  # noqa: E402

application = Lifespan(
    ProtocolTypeRouter(
        {
            "http": PagesAndDoors(pages, DoorHandler()),
            "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(SOCKETS))),
        }
    )
)

# What was loaded stays: no collection goes through it again, for a tenth of a second during which
# nobody is answered. The addresses are loaded before, which else the first request would do.
assert get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(3000, 10, 10)
