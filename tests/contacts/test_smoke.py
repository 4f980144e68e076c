import pytest
from django.urls import reverse
from contacts.models import Role, AgreementRecord
from tests.factories import make_consortium, make_contact, make_member, make_user

@pytest.mark.django_db
def test_all_pages_open(client):
    c = make_consortium("UK")
    m = make_member("Alpha", c)
    c.lead = m; c.save()
    main = make_contact(m, [Role.MAIN])
    other = make_contact(m, [Role.OTHER, Role.TECHNICAL])
    AgreementRecord.objects.create(member=m, name="V C", position="Vice")
    u = make_user(orcid=main.orcid, name="Ada Byron")
    client.force_login(u)
    for name, args in [("contacts", []), ("contact_add", []), ("contact_edit", [other.pk]), ("contact_edit", [main.pk]), ("contact_roles", [other.pk]), ("contact_remove", [other.pk]), ("hand_over", []), ("leave", []), ("agreement", []), ("agreement_remove", []), ("desk", [])]:
        r = client.get(reverse("tools:" + name, args=[m.slug, *args]))
        assert r.status_code == 200, name
    r = client.get(reverse("tools:hand_over", args=[m.slug]) + "?role=main"); assert r.status_code == 200
    r = client.get("/me/"); assert r.status_code == 200
