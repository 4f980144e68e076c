"""Settings of the local ORCID, a Django project of its own; the command line fills the values."""

import os
import secrets
from pathlib import Path

from integrations.sandbox import storage

HERE = Path(__file__).resolve().parent
STORAGE = Path(os.environ["SANDBOX_STORAGE"])
# What ORCID calls the web host: issuer, iD URIs and the links in answers start with it.
BASE_URL = os.environ.get("SANDBOX_BASE_URL", "http://127.0.0.1:8001").rstrip("/")
SEED_FILE = Path(os.environ.get("SANDBOX_SEED") or HERE / "default_people.json")

# As ORCID's proxy: calls over the burst get 503 (limits.py).
RATE_LIMIT = os.environ.get("SANDBOX_RATE_LIMIT", "") == "on"
# Seconds between two rounds of webhook calls; 0: only when told to.
WEBHOOK_SECONDS = float(os.environ.get("SANDBOX_WEBHOOK_SECONDS", "0"))

SECRET_KEY = storage.create_once(STORAGE / storage.SECRET_KEY, lambda: secrets.token_urlsafe(50))
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SANDBOX_ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")

INSTALLED_APPS = ["django.contrib.sessions", "integrations.sandbox"]
MIDDLEWARE = [
    "integrations.sandbox.middleware.RateLimitMiddleware",
    "integrations.sandbox.middleware.FaultMiddleware",
    "integrations.sandbox.middleware.ContentSecurityMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# A record of 10,000 works, as the API answered it, is loaded in one piece.
DATA_UPLOAD_MAX_MEMORY_SIZE = 200 * 1024 * 1024
ROOT_URLCONF = "integrations.sandbox.urls"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "integrations.sandbox.web.session.signed_in_person",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STORAGE / storage.DATABASE,
        "OPTIONS": {
            # The mailbox writes from a process of its own.
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}

# A slow hash would make seeding slow, and these passwords are shown on the sign-in page anyway.
PASSWORD_HASHERS = ["integrations.sandbox.passwords.QuickHasher"]

# The portal runs on the same host name, and cookies do not know ports.
SESSION_COOKIE_NAME = "sandbox_sessionid"
CSRF_COOKIE_NAME = "sandbox_csrftoken"
CSRF_FAILURE_VIEW = "integrations.sandbox.web.errors.csrf_failure"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Replaces Django's own set-up, which logs a line for every request.
        "django.server": {
            "handlers": ["stderr"],
            "level": os.environ.get("SANDBOX_LOG_LEVEL", "WARNING"),
            "propagate": False,
        },
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "sandbox": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
