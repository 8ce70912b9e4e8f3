"""Whose changes an open portal hears of."""

from __future__ import annotations

from clients.models import ClientMember
from core.live import client_group, user_group
from portal.consumers import PortalConsumer
from tests.people import Practice, make_firm


def test_a_member_hears_of_her_own_clients_only(practice: Practice) -> None:
    make_firm()

    groups = PortalConsumer().groups_of(practice.doctor)

    own = [user_group(practice.doctor.uuid), client_group(practice.client.uuid)]
    assert groups == own


def test_who_left_the_practice_hears_nothing_of_it(practice: Practice) -> None:
    ClientMember.objects.filter(user=practice.doctor).update(is_active=False)

    assert PortalConsumer().groups_of(practice.doctor) == [user_group(practice.doctor.uuid)]


def test_hints_carry_ids_and_nobodys_name(practice: Practice) -> None:
    event = {
        "name": "agenda.changed",
        "client": str(practice.client.uuid),
        "calendar": str(practice.calendar.uuid),
        "days": "2026-11-24",
    }

    html = PortalConsumer().changed(practice.doctor, [event])

    assert 'data-name="agenda.changed"' in html
    assert f'data-client="{practice.client.uuid}"' in html
    assert "Martin" not in html


def test_a_link_that_comes_back_is_told_that_everything_may_have_changed(
    practice: Practice,
) -> None:
    assert 'data-name="everything"' in PortalConsumer().whole(practice.doctor)
