"""allauth's providers of accounts elsewhere, asked for less: who it is, and how to name them there.

What they say of names and e-mail addresses changes nothing here: a person is known by the service's
own identifier of them, which no change of address there alters.
"""

from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.facebook.provider import FacebookProvider
from allauth.socialaccount.providers.facebook.views import FacebookOAuth2Adapter
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.socialaccount.providers.weixin.client import WeixinOAuth2Client
from allauth.socialaccount.providers.weixin.provider import WeixinProvider
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from contacts.elsewhere.http import ServiceFailed
from contacts.elsewhere.problems import Problem
from contacts.outside import asked


class Account(ProviderAccount):  # type: ignore[misc]  # allauth has no types
    def to_str(self) -> str:
        said = self.account.extra_data
        return str(said.get("email") or said.get("name") or "")


def _identifier(said: Any) -> str:
    """Raises `ServiceFailed` for what is none: two people must not be one “None”."""
    if not isinstance(said, str) or not said:
        raise ServiceFailed(Problem.UNTRUSTED)
    return said


class ServiceProvider:
    """What is the same for all of them."""

    id: str
    account_class = Account

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("service_login", args=[self.id])

    def get_callback_url(self) -> str:
        return reverse("service_callback", args=[self.id])

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        return asked(request)

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        """What the page of connected accounts shows, nothing else."""
        return {name: str(data[name])[:254] for name in ("name", "email") if data.get(name)}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, str]:
        return {"name": ""}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


class CallbackMixin:
    """As registered there: it does not follow from what host name the request came by."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return f"{settings.SITE_URL}{reverse('service_callback', args=[app.provider])}"


class GoogleAdapter(CallbackMixin, GoogleOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        """Google has not said who it is in its id_token: nothing else is believed."""
        raise ServiceFailed(Problem.UNTRUSTED)


class Google(ServiceProvider, GoogleProvider):  # type: ignore[misc]  # allauth has no types
    oauth2_adapter_class = GoogleAdapter
    pkce_enabled_default = True

    def get_scope(self) -> list[str]:
        return ["openid", "email"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        return _identifier(data.get("sub"))


class LinkedinAdapter(CallbackMixin, OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    basic_auth = False

    @property
    def openid_config(self) -> dict[str, str]:
        """As LinkedIn publishes it; asking for it each time would be one more thing to fail."""
        return {
            "issuer": "https://www.linkedin.com/oauth",
            "authorization_endpoint": "https://www.linkedin.com/oauth/v2/authorization",
            "token_endpoint": "https://www.linkedin.com/oauth/v2/accessToken",
            "jwks_uri": "https://www.linkedin.com/oauth/openid/jwks",
        }

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        raise ServiceFailed(Problem.UNTRUSTED)


class Linkedin(ServiceProvider, OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    id = "linkedin"
    name = "LinkedIn"
    oauth2_adapter_class = LinkedinAdapter

    def get_oauth2_adapter(self, request: HttpRequest) -> LinkedinAdapter:
        return LinkedinAdapter(request, self.id)

    def get_scope(self) -> list[str]:
        return ["openid", "email"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        return _identifier(data["id_token"].get("sub"))

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        return super().extract_extra_data(data["id_token"])


class FacebookAdapter(CallbackMixin, FacebookOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    pass


class Facebook(ServiceProvider, FacebookProvider):  # type: ignore[misc]  # allauth has no types
    oauth2_adapter_class = FacebookAdapter

    def get_scope(self) -> list[str]:
        return ["public_profile"]

    def get_fields(self) -> list[str]:
        return ["id", "name"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        return _identifier(data.get("id"))


class WeixinClient(WeixinOAuth2Client):  # type: ignore[misc]  # allauth has no types
    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        # WeChat wants the fragment, and shows an error without it.
        return f"{super().get_redirect_url(*args, **kwargs)}#wechat_redirect"


class WeixinAdapter(CallbackMixin, WeixinOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    client_class = WeixinClient

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """The answer to the code says who it is already; nothing more is asked for."""
        return self.get_provider().sociallogin_from_response(request, kwargs["response"])


class Weixin(ServiceProvider, WeixinProvider):  # type: ignore[misc]  # allauth has no types
    name = "WeChat"
    oauth2_adapter_class = WeixinAdapter

    def get_scope(self) -> list[str]:
        return ["snsapi_login"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        return _identifier(data.get("openid"))

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        return {}


provider_classes = [Google, Linkedin, Facebook, Weixin]
