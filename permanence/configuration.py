"""Reads the environment once, and says in a sentence what is wrong with it."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

OPERATORS = ("none", "interpreter", "twilio")
LOCAL_URL = "http://localhost:8000"
# The interpreter's account: nobody outside this computer knows it.
INTERPRETER_SID = "AC" + "0" * 32


@dataclass(frozen=True)
class Environment:
    """What the environment says, defaults filled in."""

    debug: bool
    demo: bool
    secret_key: str
    secret_key_fallbacks: list[str]
    public_base_url: str
    allowed_hosts: list[str]
    var_dir: Path
    database: dict[str, Any]
    redis_url: str
    worker_in_process: bool
    telephony: str
    twilio_account_sid: str
    twilio_auth_tokens: list[str]
    twilio_api_base: str
    twilio_sms_sender: str
    email_backend: str
    email: dict[str, Any]
    from_email: str
    log_level: str
    anymail: dict[str, str] = field(default_factory=dict)


def read_environment(base_dir: Path) -> Environment:
    """Give the configuration of this process; ImproperlyConfigured says what to mend."""
    env = Env()
    try:
        return _read(env, base_dir)
    except EnvError as error:
        raise ImproperlyConfigured(f"The environment can't be read: {error}") from error


def _read(env: Env, base_dir: Path) -> Environment:
    demo = env.bool("PERMANENCE_DEMO", False)
    var_dir = Path(env.str("PERMANENCE_VAR_DIR", "") or base_dir / "var")
    base_url = _public_base_url(env)
    redis_url = env.str("REDIS_URL", "")
    telephony = _telephony(env, demo)
    sid, tokens, api_base = _operator_account(env, telephony, base_url)
    return Environment(
        debug=env.bool("DEBUG", False),
        demo=demo,
        secret_key=_secret_key(env),
        secret_key_fallbacks=_words(env, "SECRET_KEY_FALLBACKS"),
        public_base_url=base_url,
        allowed_hosts=[
            urlsplit(base_url).hostname or "",
            "localhost",
            "127.0.0.1",
            *_words(env, "ALLOWED_HOSTS"),
        ],
        var_dir=var_dir,
        database=_database(env, var_dir, demo),
        redis_url=redis_url,
        worker_in_process=env.bool("WORKER_IN_PROCESS", not redis_url),
        telephony=telephony,
        twilio_account_sid=sid,
        twilio_auth_tokens=tokens,
        twilio_api_base=api_base,
        twilio_sms_sender=env.str("TWILIO_SMS_SENDER", "Permanence"),
        email_backend=_email_backend(env, demo),
        email=_email(env),
        from_email=env.str("DEFAULT_FROM_EMAIL", "Permanence <permanence@demo.permanence.example>"),
        log_level=env.str("LOG_LEVEL", "INFO"),
        anymail=env.dict("ANYMAIL", {}),
    )


def live_prefix(redis_url: str) -> str:
    """Name the live events of this installation among all that are published in its Redis.

    Redis keeps numbered databases apart, but not what is published in them
    (redis.io/docs/latest/develop/pubsub, "Database & Scoping").
    """
    parts = urlsplit(redis_url)
    return f"permanence{parts.path.rstrip('/')}{parts.query and '?'}{parts.query}"


def _words(env: Env, name: str) -> list[str]:
    """Give the words between commas. A stray comma is no word: an empty secret is everybody's."""
    listed: list[str] = env.list(name, [])
    return [word.strip() for word in listed if word.strip()]


def _secret_key(env: Env) -> str:
    key = env.str("SECRET_KEY", "")
    if len(key) < 32:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing or shorter than 32 characters: start with bin/run, which makes "
            "one, or set a long random text in the environment."
        )
    return key


def _public_base_url(env: Env) -> str:
    url = env.str("PUBLIC_BASE_URL", LOCAL_URL).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise ImproperlyConfigured(
            f"PUBLIC_BASE_URL is {url!r}: give the address that browsers and the operator use, "
            "with its scheme and without a path, such as https://permanence.example."
        )
    return url


def _database(env: Env, var_dir: Path, demo: bool) -> dict[str, Any]:
    url = env.str("DATABASE_URL", "")
    if not url:
        name = "demo.sqlite3" if demo else "permanence.sqlite3"
        var_dir.mkdir(parents=True, exist_ok=True)
        return _sqlite({"NAME": str(var_dir / name)})
    try:
        database = dict(dj_database_url.parse(url))
    except Exception as error:
        raise ImproperlyConfigured(
            "DATABASE_URL can't be read: give postgres://user:password@host:5432/name or "
            "sqlite:////folder/file.sqlite3."
        ) from error
    engine = str(database["ENGINE"])
    if engine.endswith("sqlite3"):
        return _sqlite(database)
    if not engine.endswith("postgresql"):
        raise ImproperlyConfigured(
            f"DATABASE_URL names {engine}: Permanence keeps its promises on PostgreSQL and SQLite "
            "only."
        )
    # A page is answered in a thread of its own, which a lasting connection would only outlive.
    return database | {"CONN_MAX_AGE": 0}


def _sqlite(database: dict[str, Any]) -> dict[str, Any]:
    """Writers queue at BEGIN instead of failing in the middle; readers never wait (WAL).

    Each commit waits for the disk: after a power cut a message noted, or an SMS claimed, is there.
    """
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728;"
        ),
    }
    return database | {"ENGINE": "core.sqlite3", "OPTIONS": options}


def _telephony(env: Env, demo: bool) -> str:
    operator = env.str("TELEPHONY", "interpreter" if demo else "none")
    if operator not in OPERATORS:
        raise ImproperlyConfigured(
            f"TELEPHONY is {operator!r}: choose one of {', '.join(OPERATORS)}."
        )
    return operator


def _operator_account(env: Env, telephony: str, base_url: str) -> tuple[str, list[str], str]:
    if telephony == "none":
        return "", [], ""
    if telephony == "interpreter":
        # It listens on this computer whatever the public address is.
        api_base = env.str("TWILIO_API_BASE", f"{base_url}/operator")
        return INTERPRETER_SID, [interpreter_token(env.str("SECRET_KEY", ""))], api_base
    sid = env.str("TWILIO_ACCOUNT_SID", "")
    tokens = _words(env, "TWILIO_AUTH_TOKENS")
    if not sid.startswith("AC") or not tokens:
        raise ImproperlyConfigured(
            "TELEPHONY is twilio, but TWILIO_ACCOUNT_SID (it begins with AC) or "
            "TWILIO_AUTH_TOKENS is missing: both stand on the first page of Twilio's console."
        )
    if not base_url.startswith("https://"):
        raise ImproperlyConfigured(
            "TELEPHONY is twilio, but PUBLIC_BASE_URL is not an https:// address: Twilio could "
            "not reach this installation."
        )
    return sid, tokens, env.str("TWILIO_API_BASE", "")


def interpreter_token(secret_key: str) -> str:
    """Derive a token that tells nothing of the secret it comes from."""
    return hashlib.sha256(f"interpreter:{secret_key}".encode()).hexdigest()[:32]


def _email_backend(env: Env, demo: bool) -> str:
    backend = env.str("EMAIL_BACKEND", "")
    if backend:
        return backend
    if demo:
        return "calls.telephony.interpreter.mailbox.EmailBackend"
    if env.str("EMAIL_URL", ""):
        return "django.core.mail.backends.smtp.EmailBackend"
    return "django.core.mail.backends.console.EmailBackend"


def _email(env: Env) -> dict[str, Any]:
    if env.str("EMAIL_URL", ""):
        return dict(env.dj_email_url("EMAIL_URL"))
    return {
        "EMAIL_HOST": "localhost",
        "EMAIL_PORT": 25,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
    }
