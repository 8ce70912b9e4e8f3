"""What the suite itself promises: a careless test fails."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import Celery
from django.contrib.contenttypes.models import ContentType
from django.template import Context, Template
from pytest_socket import SocketConnectBlockedError

from tests import undefined_variables
from tests.undefined_variables import UndefinedVariable
from tests.wake_ups import WakeUp


@pytest.fixture
def our_template(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Render a text as if it stood among our templates."""
    monkeypatch.setattr(undefined_variables, "TEMPLATES", Path())
    return lambda source: Template(source).render(Context())


def test_a_variable_that_nobody_gave_fails(our_template: Callable[[str], str]) -> None:
    with pytest.raises(UndefinedVariable, match=r"'client.name'.*no client"):
        our_template("{{ client.name }}")


def test_a_variable_may_be_missing_where_a_default_says_so(
    our_template: Callable[[str], str],
) -> None:
    assert our_template('{{ hint|default:"none"|upper }}{% if hint %}!{% endif %}') == "NONE"


def test_other_peoples_templates_may_leave_variables_out() -> None:
    assert Template("[{{ hint }}]").render(Context()) == "[]"


def test_the_outside_network_is_closed() -> None:
    with (
        pytest.raises(SocketConnectBlockedError),
        pytest.warns(UserWarning, match="192.0.2.1"),
        socket.socket() as stranger,
    ):
        stranger.connect(("192.0.2.1", 80))


def test_rows_without_an_order_come_in_any_order(db: None) -> None:
    orders = {tuple(ContentType.objects.values_list("pk", flat=True)) for _ in range(10)}

    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {
        tuple(ContentType.objects.order_by("pk").values_list("pk", flat=True))
    }


def test_a_job_that_is_asked_for_is_recorded_and_not_run(wake_ups: list[WakeUp]) -> None:
    app = Celery(set_as_current=False)

    @app.task(name="deliver")
    def deliver(*, delivery_id: int) -> None:
        raise AssertionError("this must not run")

    deliver.delay(delivery_id=3)

    assert wake_ups == [WakeUp("deliver", {"delivery_id": 3})]
