"""Addresses of this server as they stand in answers."""

from urllib.parse import urlsplit

from integrations.sandbox import settings


def base_url() -> str:
    """The web host: issuer of id_tokens and start of every iD URI."""
    return settings.BASE_URL


def host() -> str:
    return urlsplit(base_url()).netloc


def orcid_uri(orcid: str) -> str:
    return f"{base_url()}/{orcid}"


def orcid_identifier(orcid: str) -> dict[str, str]:
    return {"uri": orcid_uri(orcid), "path": orcid, "host": host()}
