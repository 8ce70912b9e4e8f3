"""Numbers in tables: E.164 however they were written, and only impossible ones refused."""

import pytest
from django.core.exceptions import ValidationError

from clients.models import CorrespondentNumber
from core.number_field import NumberFormField
from tests.factories import make_client, make_correspondent


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["06 39 98 34 56", "+33639983456", "0639983456"])
def test_a_number_is_stored_in_e164_however_it_was_written(written: str) -> None:
    person = make_correspondent(make_client())
    saved = CorrespondentNumber.objects.create(correspondent=person, number=written)

    assert str(saved.number) == "+33639983456"
    assert CorrespondentNumber.objects.get(number="+33639983456") == saved
    assert str(CorrespondentNumber.objects.get().number) == "+33639983456"


@pytest.mark.parametrize("written", ["12", "bonjour", "+3363998345699999"])
def test_an_impossible_number_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        NumberFormField().clean(written)
