"""Health: public, short, and no detail of what is wrong."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from portal.celery import app


def test_alive_asks_nothing(client: Client):
    response = client.get("/-/alive")

    assert response.json() == {"alive": True}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(client: Client):
    response = client.get("/-/ready")

    assert response.json() == {"ready": True, "database": True, "broker": True}


@pytest.mark.django_db
def test_lost_broker_is_told_but_pages_go_on(client: Client, monkeypatch: pytest.MonkeyPatch):
    def refuse(**_: object) -> None:
        raise ConnectionRefusedError("redis.inside.example:6379")

    monkeypatch.setattr(app, "connection_for_write", refuse)

    response = client.get("/-/ready")

    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": True, "broker": False}


@pytest.mark.django_db
def test_lost_database_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch):
    def refuse() -> None:
        raise OperationalError("password of postgres.inside.example")

    monkeypatch.setattr(connection, "cursor", refuse)

    response = client.get("/-/ready")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "database": False, "broker": True}
