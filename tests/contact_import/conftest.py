import pytest

from tests.contact_import.house import Switch, make_switch


@pytest.fixture
def switch(db: None) -> Switch:
    return make_switch()
