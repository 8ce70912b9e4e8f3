"""The product's own settings, and what only tests want different."""

import os
from pathlib import Path

# Before the product's settings, which read the environment: tests don't depend on a developer's.
os.environ |= {
    "SECRET_KEY": "only-for-tests-" * 3,
    "DEBUG": "false",
    "PERMANENCE_DEMO": "false",
    "PUBLIC_BASE_URL": "http://localhost:8000",
    "TELEPHONY": "interpreter",
    "EMAIL_URL": "",
    "WORKER_IN_PROCESS": "false",
    "LOG_LEVEL": "WARNING",
}

from permanence.settings import *  # noqa: F403
from permanence.settings import DATABASES, TEMPLATES, VAR_DIR
from tests.undefined_variables import Undefined

DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    # A file and never a database in memory: server, worker and test each open it.
    DATABASE["TEST"] = {"NAME": str(Path(VAR_DIR) / "suite.sqlite3")}
    # The file goes with the run, so nothing waits for a disk.
    DATABASE["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    DATABASE["TEST"] = {"NAME": "suite"}
# Connections are made by threads that come and go with each test.
DATABASE["CONN_MAX_AGE"] = 0

TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("%s")  # type: ignore[index]

# One round instead of a million: signing in is not what is tested.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Static files as they lie in the sources; a guard collects them as an installation does.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
