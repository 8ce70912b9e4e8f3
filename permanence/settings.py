"""Settings of Permanence, all from the environment.

What is missing has the default of one person on one computer. What is wrong stops the start with a
sentence that says what to mend (`permanence.configuration`).
"""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from permanence.configuration import live_prefix, read_environment
from permanence.schedule import BEAT_SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = read_environment(BASE_DIR)

# --- What this installation is -------------------------------------------------------------------
DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = ENVIRONMENT.secret_key_fallbacks
PUBLIC_BASE_URL = ENVIRONMENT.public_base_url
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
USES_HTTPS = PUBLIC_BASE_URL.startswith("https://")
VAR_DIR = ENVIRONMENT.var_dir

# --- The telephone operator ----------------------------------------------------------------------
TELEPHONY = ENVIRONMENT.telephony  # "twilio", "interpreter" or "none"
TWILIO_ACCOUNT_SID = ENVIRONMENT.twilio_account_sid
TWILIO_AUTH_TOKEN = ENVIRONMENT.twilio_auth_tokens[0] if ENVIRONMENT.twilio_auth_tokens else ""
TWILIO_AUTH_TOKENS = ENVIRONMENT.twilio_auth_tokens  # several while one is being replaced
TWILIO_API_BASE = ENVIRONMENT.twilio_api_base  # empty: Twilio's own address
TWILIO_SMS_SENDER = ENVIRONMENT.twilio_sms_sender
PHONENUMBER_DEFAULT_REGION = "FR"
PHONENUMBER_DB_FORMAT = "E164"

# --- The house -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "core",
    "clients",
    "agenda",
    "calls",
    "messages_app",
    "desk",
    "portal",
    "public",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_htmx",
    "phonenumber_field",
    "recurrence",
    "template_partials",
    "permanence.apps.PermanenceConfig",  # last: it puts the others together
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "permanence.middleware.LoopbackName",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "permanence.middleware.ReadableText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "permanence.middleware.LoginEverywhere",
    "permanence.middleware.OwnLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "permanence.middleware.SessionsNowAndThen",
]

ROOT_URLCONF = "permanence.urls"
ASGI_APPLICATION = "permanence.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "permanence.context.installation",
            ],
        },
    },
]

# --- The data ------------------------------------------------------------------------------------
DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# W161 suspects a default within ten seconds of now: an hour of the day is so once a day.
SILENCED_SYSTEM_CHECKS = ["fields.W161"]

# --- Live events, cache, jobs --------------------------------------------------------------------
REDIS_URL = ENVIRONMENT.redis_url
if REDIS_URL:
    # redis-py 8 gives every socket five seconds, which closes each idle WebSocket
    # (django/channels_redis#422): no time-out here.
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": REDIS_URL, "socket_timeout": None}],
                "prefix": live_prefix(REDIS_URL),
            },
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
    }
    CELERY_BROKER_URL = REDIS_URL
else:
    # By default it drops a screen's hundred-and-first waiting event, and forgets after a day that a
    # screen is open: both silently.
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            "CONFIG": {
                "capacity": 10_000,
                "group_expiry": int(timedelta(days=365).total_seconds()),
            },
        }
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_BROKER_URL = "memory://localhost/"
    # kombu polls an in-memory queue once a second by default.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.02}

CELERY_TASK_IGNORE_RESULT = True
# A task keeps its thread's database connection; opening one each time was measured to cost half of
# a relay's rate (bin/bench relay).
CELERY_DB_REUSE_MAX = 1000
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A wake-up that can't leave is harmless, waiting for it would not be: the sweep finds the row.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
WORKER_IN_PROCESS = ENVIRONMENT.worker_in_process

# --- People --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "clients.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "permanence.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# Accounts are made by the bureau, which knows the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Permanence"
# Browsers allow passkeys on http://localhost only; everywhere else HTTPS is needed anyway.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not USES_HTTPS
USERSESSIONS_TRACK_ACTIVITY = True

# The one list of what opens without signing in: names of views, or `namespace:` for all of one.
LOGIN_EXEMPT = (
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_inactive",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "first_owner",
    "health",
    "set_language",
    "public:",
    "visit:",
    "ical:",
    "twilio:",
    "cti:",
    "twilio_messages:",
    "interpreter:rest",
)

# --- Security ------------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if USES_HTTPS else None
SECURE_SSL_REDIRECT = USES_HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if USES_HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = USES_HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the TOTP code of allauth is a data: image
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Mail ----------------------------------------------------------------------------------------
EMAIL_BACKEND = ENVIRONMENT.email_backend
EMAIL_HOST = ENVIRONMENT.email["EMAIL_HOST"]
EMAIL_PORT = ENVIRONMENT.email["EMAIL_PORT"]
EMAIL_HOST_USER = ENVIRONMENT.email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = ENVIRONMENT.email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = ENVIRONMENT.email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = ENVIRONMENT.email["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENVIRONMENT.from_email
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAILBOX_DIR = VAR_DIR / "mailbox"
ANYMAIL = ENVIRONMENT.anymail

# --- Language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Files ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Until `collectstatic` has run, files are served from where they were written.
COLLECTED = not DEBUG and (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    # Below var/media, which nothing serves: what callers said is read through views that ask who
    # listens.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED
MEDIA_ROOT = VAR_DIR / "media"

# --- Logs ----------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "permanence.log_lines.Line",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ENVIRONMENT.log_level},
    # Its lines hold the numbers of callers.
    "loggers": {"twilio.http_client": {"level": "WARNING"}},
}
