"""What is wrong with the environment is said in a sentence, at start."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from permanence.configuration import Environment, live_prefix, read_environment

GOOD = {"SECRET_KEY": "k" * 40}
OURS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "REDIS_URL",
    "PUBLIC_BASE_URL",
    "TELEPHONY",
    "PERMANENCE_DEMO",
    "PERMANENCE_VAR_DIR",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKENS",
    "EMAIL_URL",
    "EMAIL_BACKEND",
    "WORKER_IN_PROCESS",
    "DEBUG",
)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    def reading(**environment: str) -> Environment:
        for name in OURS:
            monkeypatch.delenv(name, raising=False)
        for name, value in (GOOD | environment).items():
            monkeypatch.setenv(name, value)
        return read_environment(tmp_path)

    return reading


def test_alone_on_one_computer_nothing_needs_to_be_said(read, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    environment = read()

    assert environment.database["NAME"] == str(tmp_path / "var" / "permanence.sqlite3")
    assert environment.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert environment.worker_in_process
    assert environment.telephony == "none"
    assert environment.public_base_url == "http://localhost:8000"


def test_a_bureau_names_its_database_and_redis_and_runs_its_own_workers(read) -> None:  # type: ignore[no-untyped-def]
    environment = read(
        DATABASE_URL="postgres://p:secret@db.example:5432/permanence",
        REDIS_URL="redis://redis.example:6379/0",
    )

    assert environment.database["ENGINE"] == "django.db.backends.postgresql"
    assert not environment.worker_in_process


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("redis://redis.example:6379", "permanence"),
        ("redis://redis.example:6379/", "permanence"),
        ("rediss://user:secret@redis.example:6379/2", "permanence/2"),
        ("unix:///run/redis.sock?db=3", "permanence/run/redis.sock?db=3"),
    ],
)
def test_live_events_are_named_after_the_installations_database(address: str, prefix: str) -> None:
    assert live_prefix(address) == prefix


def test_the_demonstration_talks_to_its_own_operator_and_mailbox(read) -> None:  # type: ignore[no-untyped-def]
    environment = read(PERMANENCE_DEMO="1")

    assert environment.telephony == "interpreter"
    assert len(environment.twilio_auth_tokens[0]) == 32
    assert environment.twilio_auth_tokens[0] not in environment.secret_key
    assert environment.twilio_api_base == "http://localhost:8000/operator"
    assert environment.email_backend == "calls.telephony.interpreter.mailbox.EmailBackend"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "shorter than 32 characters"),
        ({"PUBLIC_BASE_URL": "permanence.example"}, "with its scheme"),
        ({"PUBLIC_BASE_URL": "https://permanence.example/desk"}, "without a path"),
        ({"DATABASE_URL": "mysql://a@b/c"}, "PostgreSQL and SQLite only"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL can't be read"),
        ({"TELEPHONY": "carrier-pigeon"}, "choose one of none, interpreter, twilio"),
        ({"TELEPHONY": "twilio"}, "TWILIO_ACCOUNT_SID"),
        (
            {"TELEPHONY": "twilio", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKENS": "t"},
            "not an https:// address",
        ),
        ({"DEBUG": "perhaps"}, "The environment can't be read"),
    ],
)
def test_a_mistake_is_a_sentence_that_says_what_to_mend(  # type: ignore[no-untyped-def]
    read, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        read(**environment)


def test_a_stray_comma_makes_no_empty_secret(read) -> None:  # type: ignore[no-untyped-def]
    environment = read(
        TELEPHONY="twilio",
        TWILIO_ACCOUNT_SID="AC1",
        TWILIO_AUTH_TOKENS="new, old,",
        SECRET_KEY_FALLBACKS="former,, ",
        ALLOWED_HOSTS=", other.example",
        PUBLIC_BASE_URL="https://permanence.example",
    )

    assert environment.twilio_auth_tokens == ["new", "old"]
    assert environment.secret_key_fallbacks == ["former"]
    assert environment.allowed_hosts == [
        "permanence.example",
        "localhost",
        "127.0.0.1",
        "other.example",
    ]
