"""What bin/run decides before it serves."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from bin import start


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment that is given back afterwards, with this folder for what is kept."""
    monkeypatch.setattr(os, "environ", {"PERMANENCE_VAR_DIR": str(tmp_path / "var")})
    return tmp_path / "var"


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(environment: Path) -> None:
    start.set_environment(demo=False, port=8000)
    first = os.environ.pop("SECRET_KEY")
    start.set_environment(demo=False, port=8000)

    assert os.environ["SECRET_KEY"] == first
    assert len(first) >= 50
    assert stat.S_IMODE((environment / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(environment.stat().st_mode) == 0o700


def test_a_secret_key_of_the_environment_is_kept(environment: Path) -> None:
    os.environ["SECRET_KEY"] = "k" * 50

    start.set_environment(demo=False, port=8000)

    assert os.environ["SECRET_KEY"] == "k" * 50
    assert not (environment / "secret_key").exists()


def test_the_demonstration_forgets_real_databases_telephones_and_mail(environment: Path) -> None:
    os.environ |= dict.fromkeys(start.NOT_FOR_DEMO, "real")

    start.set_environment(demo=True, port=8000)

    assert set(start.NOT_FOR_DEMO) & set(os.environ) == set()
    assert os.environ["PERMANENCE_DEMO"] == "1"


def test_an_installation_keeps_its_database_telephones_and_mail(environment: Path) -> None:
    os.environ |= dict.fromkeys(start.NOT_FOR_DEMO, "real")

    start.set_environment(demo=False, port=8000)

    assert set(start.NOT_FOR_DEMO) <= set(os.environ)
    assert "PERMANENCE_DEMO" not in os.environ


def test_the_public_address_follows_the_port_unless_it_is_given(environment: Path) -> None:
    start.set_environment(demo=False, port=8123)
    assert os.environ["PUBLIC_BASE_URL"] == "http://localhost:8123"

    os.environ["PUBLIC_BASE_URL"] = "https://desk.example"
    start.set_environment(demo=False, port=8123)
    assert os.environ["PUBLIC_BASE_URL"] == "https://desk.example"


def test_a_port_in_use_stops_the_start_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"--port {port + 1}"):
            start.main(["--port", str(port)])
