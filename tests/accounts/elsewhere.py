"""Google, LinkedIn, Facebook and WeChat as far as a sign-in meets them; nothing leaves this computer."""

import html
import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import respx
from django.test import Client

TOKEN = {
    "google": "https://oauth2.googleapis.com/token",
    "linkedin": "https://www.linkedin.com/oauth/v2/accessToken",
    "weixin": "https://api.weixin.qq.com/sns/oauth2/access_token",
}
ISSUER = {"google": "https://accounts.google.com", "linkedin": "https://www.linkedin.com/oauth"}
CLIENTS = {
    name: (f"{name}-id", f"{name}-secret") for name in ("google", "linkedin", "facebook", "weixin")
}


def claims(service: str, uid: str, **more: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {"iss": ISSUER[service], "aud": f"{service}-id", "sub": uid}
    return said | {"iat": now, "exp": now + 300} | more


def knows(mock: respx.MockRouter, service: str, uid: str, **more: Any) -> None:
    """Have the service say that it is that person who has signed in there."""
    if service == "facebook":
        graph = re.compile(r"https://graph\.facebook\.com/v[\d.]+/")
        answer = {"access_token": "t", "expires_in": 3600}
        mock.get(url__regex=graph.pattern + "oauth/access_token").respond(json=answer)
        mock.get(url__regex=graph.pattern + "me").respond(json={"id": uid, "name": "F", **more})
    elif service == "weixin":
        mock.post(TOKEN[service]).respond(json={"access_token": "t", "openid": uid, **more})
    else:
        signed = jwt.encode(claims(service, uid, **more), "k" * 32)
        mock.post(TOKEN[service]).respond(json={"access_token": "t", "id_token": signed})


def begin(client: Client, service: str, **form: str) -> str:
    """Press the button; returns where the service is to be asked."""
    page = client.post(f"/accounts/with/{service}/", form).content.decode()
    return html.unescape(re.search(r'class="btn btn-primary" href="([^"]+)"', page)[1])  # type: ignore[index]


def asked(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def back(client: Client, service: str, url: str, **query: str) -> Any:
    """Come back from there, with a code unless something else is said."""
    said = query or {"code": "c"}
    return client.get(f"/accounts/with/{service}/callback/", {"state": asked(url)["state"], **said})


def through(client: Client, service: str, **form: str) -> Any:
    """The whole way."""
    return back(client, service, begin(client, service, **form))


def connect(client: Client, service: str) -> Any:
    return through(client, service, process="connect")


FAULTS: dict[str, httpx.Response | Exception] = {
    "no answer": httpx.ConnectError("no"),
    "too slow": httpx.ReadTimeout("slow"),
    "server error": httpx.Response(500),
    "no JSON": httpx.Response(200, text="<html>"),
    "a list": httpx.Response(200, json=[]),
    "nothing in it": httpx.Response(200, json={}),
    "code refused": httpx.Response(400, json={"error": "invalid_grant"}),
    "an error with 200": httpx.Response(200, json={"errcode": 40029, "errmsg": "invalid code"}),
    "token without identity": httpx.Response(200, json={"access_token": "t"}),
}
