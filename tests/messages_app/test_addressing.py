"""Which address a relay goes to, and how it is shown."""

import pytest

from messages_app.rules.addressing import (
    Channel,
    Reachable,
    channels_to_use,
    masked,
    other_channel,
)

BOTH = Reachable(1, mobile="+33639980018", email="durand@durand-avocat.example")
ONLY_EMAIL = Reachable(2, email="durand@durand-avocat.example")
NOTHING = Reachable(3)


@pytest.mark.parametrize(
    ("member", "by_sms", "by_email", "channels"),
    [
        (BOTH, True, True, {Channel.SMS, Channel.EMAIL}),
        (BOTH, True, False, {Channel.SMS}),
        (BOTH, False, True, {Channel.EMAIL}),
        (ONLY_EMAIL, True, True, {Channel.EMAIL}),
        (ONLY_EMAIL, True, False, {Channel.EMAIL}),
        (BOTH, False, False, {Channel.SMS, Channel.EMAIL}),
        (NOTHING, True, True, set()),
    ],
)
def test_the_wanted_channels_or_any_rather_than_none(
    member: Reachable, by_sms: bool, by_email: bool, channels: set[Channel]
) -> None:
    assert channels_to_use(member, by_sms=by_sms, by_email=by_email) == channels


def test_each_channel_has_the_other_one_to_fall_back_on() -> None:
    assert [other_channel(channel) for channel in Channel] == [Channel.EMAIL, Channel.SMS]


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        ("sms", "+33639980018", "06 ·· ·· ·· 18"),
        ("sms", "+32470123456", "·· 56"),
        ("email", "cabinet@durand-avocat.example", "cabinet@durand-avocat.example"),
    ],
)
def test_a_number_is_masked_and_a_mail_address_is_not(
    channel: str, address: str, shown: str
) -> None:
    assert masked(channel, address) == shown
