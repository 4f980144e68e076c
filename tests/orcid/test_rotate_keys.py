"""`manage.py rotate_keys`: a key can be taken out of use, and a lost one is noticed."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from contacts.models import Mail
from integrations.orcid import crypto
from integrations.orcid.management.commands import rotate_keys

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def make_mail(text: str) -> Mail:
    return Mail.objects.create(kind=Mail.Kind.INVITATION, to="a@uni.example", text=text)


def stored(mail: Mail) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM contacts_mail WHERE id = %s", [mail.pk])
        return str(cursor.fetchone()[0])


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_old_key_can_go_after_rotation(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate_keys, "BATCH", 2)
    settings.FIELD_KEYS = [OLD]
    mails = [make_mail(text) for text in ("one", "two", "three")]
    settings.FIELD_KEYS = [NEW, OLD]

    said = rotate()

    settings.FIELD_KEYS = [NEW]
    assert [Mail.objects.get(pk=mail.pk).text for mail in mails] == ["one", "two", "three"]
    assert "contacts.Mail.text: 3" in said
    assert said.endswith("3 values are under the newest key.\n")


def test_empty_values_stay_empty(settings: Settings) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    mail = make_mail("")

    rotate()

    assert stored(mail) == ""


def test_lost_key_is_named_and_nothing_of_its_batch_is_changed(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    readable, lost = make_mail("readable"), make_mail("lost")
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    Mail.objects.filter(pk=lost.pk).update(text="lost")
    settings.FIELD_KEYS = [NEW, OLD]
    before = stored(readable)

    with pytest.raises(CommandError, match=rf"contacts.Mail {lost.pk}, text: .*FIELD_KEYS"):
        rotate()

    assert stored(readable) == before


def test_lost_key_never_reads_as_ciphertext(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    mail = make_mail("secret")
    settings.FIELD_KEYS = [NEW]

    with pytest.raises(crypto.KeyLost):
        Mail.objects.get(pk=mail.pk)
