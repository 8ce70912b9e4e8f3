"""Start Permanence on one computer: prepare what is missing, say the address, serve."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What would point the demonstration at somebody's real database, telephones or mail.
NOT_FOR_DEMO = ("DATABASE_URL", "REDIS_URL", "TELEPHONY", "EMAIL_URL", "EMAIL_BACKEND")
# WhiteNoise hands its files to ASGI as plain iterators; they are small.
NOT_WORTH_SAYING = "ignore:StreamingHttpResponse must consume synchronous iterators:Warning"


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/run", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="with fictitious people and calls")
    parser.add_argument("--port", type=int, default=8000, help="where to listen (8000)")
    return parser.parse_args(given)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def secret_key(folder: Path) -> str:
    """This installation's secret, made at the first start and readable by its owner only."""
    path = folder / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def set_environment(*, demo: bool, port: int) -> None:
    """Fill in what the environment leaves open, for this process and the server it becomes."""
    if demo:
        for name in NOT_FOR_DEMO:
            os.environ.pop(name, None)
        os.environ["PERMANENCE_DEMO"] = "1"
    folder = Path(os.environ.setdefault("PERMANENCE_VAR_DIR", str(ROOT / "var")))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = secret_key(folder)
    expect_collected_files(folder / "static")
    os.environ.setdefault("PUBLIC_BASE_URL", f"http://localhost:{port}")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ.setdefault("PYTHONWARNINGS", NOT_WORTH_SAYING)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "permanence.settings")


def expect_collected_files(folder: Path) -> None:
    """Have the settings serve collected files, whose names change with their content.

    They do once a manifest is there; the first collection fills this empty one.
    """
    manifest = folder / "staticfiles.json"
    if not manifest.exists():
        folder.mkdir(parents=True, exist_ok=True)
        manifest.write_text(json.dumps({"version": "1.1", "paths": {}, "hash": ""}))


def prepare(*, demo: bool) -> None:
    """Bring database, sentences and static files up to date, and fill a new demonstration."""
    import django
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from bin import catalogues

    catalogues.compile_catalogue(ROOT)
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if demo and not get_user_model().objects.exists():
        call_command("seed_demo")
    call_command("welcome")


def serve(port: int) -> None:
    """Become the server: one process, with the jobs' worker inside (the ASGI lifespan)."""
    options = ["--host", "127.0.0.1", "--port", str(port), "--lifespan", "on"]
    # Addresses hold one-time links: no access log.
    quiet = ["--no-access-log", "--no-server-header", "--log-level", "warning"]
    closing = ["--timeout-graceful-shutdown", "3"]
    command = [sys.executable, "-m", "uvicorn", "permanence.asgi:application"]
    sys.stdout.flush()
    os.execv(sys.executable, [*command, *options, *quiet, *closing])


def main(given: list[str]) -> None:
    chosen = arguments(given)
    if not is_free(chosen.port):
        sys.exit(
            f"Something already listens on port {chosen.port}: stop it, or choose another port "
            f"with bin/run --port {chosen.port + 1}."
        )
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    set_environment(demo=chosen.demo, port=chosen.port)
    prepare(demo=chosen.demo)
    serve(chosen.port)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
