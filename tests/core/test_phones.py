"""Telephone numbers as people and operators write them."""

import pytest

from core.phones import is_withheld, parse_caller, parse_number, spoken


@pytest.mark.parametrize(
    "written",
    [
        "0199004013",
        "01 99 00 40 13",
        "01.99.00.40.13",
        "01-99-00-40-13",
        "+33 1 99 00 40 13",
        "0033199004013",
        "+33 (0)1 99 00 40 13",
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert parse_number(written) == "+33199004013"


@pytest.mark.parametrize("written", ["", "bonjour", "12", "0199", "+3319900401399999999"])
def test_only_impossible_numbers_are_refused(written: str) -> None:
    assert parse_number(written) is None


@pytest.mark.parametrize(
    "sent",
    ["anonymous", "Anonymous", "Restricted", "unknown", "", " ", "+266696687", "+7378742833",
     "+86282452253", "+2562533", "+8656696", "+33999999999", "sip:anonymous@anonymous.invalid"],
)  # fmt: skip
def test_every_operators_way_of_saying_nobody_is_nobody(sent: str) -> None:
    assert is_withheld(sent)
    assert parse_caller(sent) == ""


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("+33639983456", "+33639983456"),
        ("33639983456", "+33639983456"),
        ("0639983456", "+33639983456"),
        ("sip:+33639983456@operator.example", "+33639983456"),
        ("+442079460018", "+442079460018"),
        ("rubbish", ""),
    ],
)
def test_a_callers_number_is_read_in_the_forms_that_operators_send(sent: str, number: str) -> None:
    assert parse_caller(sent) == number


def test_a_number_is_spoken_in_pairs_at_home_and_internationally_abroad() -> None:
    assert spoken("+33199004013") == "01 99 00 40 13"
    assert spoken("+442079460018") == "+44 20 7946 0018"
