"""What a browser calls itself, in words a person knows it by."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

# In this order: most of them also name those that come later.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(request: HttpRequest | None) -> str:
    """For mails; empty where no browser is at it."""
    return browser_name(request.headers.get("User-Agent", "")) if request is not None else ""


def browser_name(user_agent: str) -> str:
    """“Firefox, Windows”; says so when it is none of those people use."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return ", ".join(filter(None, [browser, system])) or _("Another program")
