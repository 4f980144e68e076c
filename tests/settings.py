"""The portal's own settings, read in the environment of the tests.

What is overridden: pages are tested without `collectstatic`, passwords with a quick hash.
"""

from tests import environment  # noqa: F401, I001  # must come first: it sets the variables

from portal.settings import *  # noqa: F403
from portal.settings import STATIC_ROOT, STORAGES

STORAGES |= {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
