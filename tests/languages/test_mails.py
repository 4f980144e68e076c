"""Mails in pseudo-language; their templates, branch by branch, are in `test_templates`."""

import pytest

from contacts.models import Mail
from tests.access.world import make_world
from tests.browser.test_pages import pages_of
from tests.languages.letters import write_every_kind
from tests.languages.reading import Unmarked, text_outside


@pytest.mark.django_db
@pytest.mark.usefixtures("pseudo")
def test_mails_of_every_kind_say_nothing_that_is_not_marked() -> None:
    world = make_world()
    write_every_kind(world)
    pages_of(world)
    unmarked = Unmarked()

    found = {}
    for mail in Mail.objects.all():
        pieces = [line for line in text_outside(mail.text).splitlines() if unmarked.in_text(line)]
        pieces += unmarked.in_html(mail.html)
        pieces += [mail.subject] if unmarked.in_text(text_outside(mail.subject)) else []
        if pieces:
            found[mail.kind] = pieces

    assert set(Mail.objects.values_list("kind", flat=True)) == set(Mail.Kind.values)
    assert found == {}
