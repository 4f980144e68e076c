"""The agreement record (A1, H2, R2)."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import AgreementRecord
from tests.contacts.conftest import House, as_user, events, signed_in
from tests.factories import make_user

RECORD = {"version": "0", "name": "Sir Hugh", "position": "Vice-Chancellor"}


def _record(house: House, client: Client | None = None, **fields: str) -> Any:
    return (client or signed_in(house.main)).post(house.url("agreement"), RECORD | fields)


def test_the_main_records_who_signed(house: House) -> None:
    _record(house, signed_on="2021-03-01")

    record = AgreementRecord.objects.get()
    assert (record.name, record.position) == ("Sir Hugh", "Vice-Chancellor")
    assert record.signed_on == datetime.date(2021, 3, 1)
    assert events(house.member) == ["agreement_recorded"]


@pytest.mark.parametrize("who", ["tech", "voter"])
def test_r2_others_read_the_record_and_do_not_write_it(house: House, who: str) -> None:
    _record(house)
    client = signed_in(getattr(house, who))

    page = client.get(house.url("agreement"))
    write = _record(house, client, version="1", name="Me")

    assert "Sir Hugh" in page.content.decode()
    assert "form" not in page.context
    assert write.status_code == 403
    assert client.post(house.url("agreement_remove"), {"version": "1"}).status_code == 403
    assert AgreementRecord.objects.get().name == "Sir Hugh"


def test_h2_the_second_who_edits_the_record_is_told(house: House) -> None:
    _record(house)
    _record(house, version="1", position="President")

    late = _record(house, signed_in(house.signatory), version="1", name="Dame Ann")

    assert late.status_code == 409
    assert AgreementRecord.objects.get().position == "President"
    assert "President" in late.content.decode()
    assert late.context["form"]["name"].value() == "Dame Ann"
    assert late.context["form"]["version"].value() == "2"


def test_h2_saving_again_does_not_undo_what_the_second_had_not_touched(house: House) -> None:
    _record(house)
    _record(house, version="1", position="President", signed_on="2021-03-01")
    late = _record(house, signed_in(house.signatory), version="1", name="Dame Ann", signed_on="")

    form = late.context["form"]
    _record(house, **{name: form[name].value() for name in form.fields if form[name].value()})

    record = AgreementRecord.objects.get()
    assert (record.name, record.position) == ("Dame Ann", "President")
    assert record.signed_on == datetime.date(2021, 3, 1)


def test_the_record_is_removed_after_asking(house: House) -> None:
    _record(house)
    client = signed_in(house.signatory)

    asked = client.get(house.url("agreement_remove")).content.decode()
    client.post(house.url("agreement_remove"), {"version": "1"})

    assert "Sir Hugh, Vice-Chancellor" in asked
    assert not AgreementRecord.objects.exists()
    assert events(house.member) == ["agreement_recorded", "agreement_removed"]


def test_h2_all_that_happened_since_is_told_oldest_first(house: House) -> None:
    _record(house)
    _record(house, version="1", position="President")
    _record(house, version="2", position="Rector")

    late = _record(house, version="1", name="Dame Ann")

    shown = [event.changes["agreement_version"] for event in late.context["stale"].events]
    assert shown == [2, 3]


def test_h2_a_form_of_a_removed_record_is_stale_for_the_next_one(house: House) -> None:
    _record(house)
    signed_in(house.main).post(house.url("agreement_remove"), {"version": "1"})
    _record(house, name="Dame Ann")

    late = _record(house, version="1", name="Sir Hugh the Second")

    assert late.status_code == 409
    assert AgreementRecord.objects.get().name == "Dame Ann"


def test_h2_a_record_changed_meanwhile_is_not_removed(house: House) -> None:
    _record(house)
    _record(house, version="1", position="President")

    late = signed_in(house.main).post(house.url("agreement_remove"), {"version": "1"})

    assert late.status_code == 409
    assert AgreementRecord.objects.exists()


def test_nobody_signs_in_the_future(house: House) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)

    response = _record(house, signed_on=tomorrow.isoformat())

    assert "signed_on" in response.context["form"].errors


def test_a1_the_record_of_another_member_is_not_there(house: House) -> None:
    assert as_user(make_user()).get(house.url("agreement")).status_code == 404
