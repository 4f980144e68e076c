import pytest

from tests.lead_members.desk import Managed, managed_desk


@pytest.fixture
def desk(db: None) -> Managed:
    return managed_desk()
