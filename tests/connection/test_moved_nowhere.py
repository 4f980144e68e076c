"""C8: an answer "moved" that names no other record moves nobody."""

import httpx
import pytest
import respx
from django.conf import settings

from contacts.services import moving
from integrations.orcid import connections, public, records
from integrations.orcid.errors import OrcidUnavailable
from integrations.orcid.models import Connection, UnwantedToken
from members.actors import Actor
from tests.factories import make_connection, make_user

pytestmark = pytest.mark.django_db


@respx.mock
def test_c8_a_redirect_to_the_same_id_is_no_move() -> None:
    """Of a proxy, say, that wants https or another version in the address."""
    made = make_connection(str(make_user().orcid))
    elsewhere = {"location": f"https://elsewhere.example/v3.0/{made.orcid}/works"}
    url = f"{settings.ORCID_MEMBER_API_URL}/{made.orcid}/works"
    respx.get(url).mock(return_value=httpx.Response(301, headers=elsewhere))
    with pytest.raises(OrcidUnavailable):
        records.read_works(made)

    respx.route().mock(return_value=httpx.Response(301, headers=elsewhere))
    with pytest.raises(OrcidUnavailable):
        public.read_record_state(made.orcid)


def test_c8_an_id_that_moves_to_itself_loses_nothing() -> None:
    user = make_user()
    orcid = str(user.orcid)
    made = make_connection(orcid)

    connections.move(old=orcid, new=orcid)
    moving.move_orcid(old=orcid, new=orcid, by=Actor.system())

    user.refresh_from_db()
    assert (user.orcid, user.is_active) == (orcid, True)
    assert Connection.objects.get().access_token == made.access_token
    assert not UnwantedToken.objects.exists()
