"""The portal's settings: one module, everything that differs per deployment from the environment.

`.env.example` lists every variable that is read here, with its meaning; a test compares the two.
"""

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF
from environs import Env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(env.str("ENV_FILE", str(BASE_DIR / ".env")), recurse=False)

# --- The deployment ------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# Keys of the fields that are encrypted at rest, newest first (`integrations/orcid/crypto.py`).
FIELD_KEYS: list[str] = env.list("FIELD_KEYS")
SITE_URL = env.str("SITE_URL").rstrip("/")
SITE_IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [urlsplit(SITE_URL).hostname or ""])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))

# The name, logo and colour of this deployment. Helpdesk, reply-to and privacy notice are each
# consortium's own (`members.models.Consortium`).
PORTAL_NAME = env.str("PORTAL_NAME", "Member Tools")
PORTAL_LOGO = env.str("PORTAL_LOGO", "")
PORTAL_COLOUR = env.str("PORTAL_COLOUR", "#0b5c6b")
# Whom people turn to when no consortium's helpdesk applies.
HELPDESK_EMAIL = env.str("HELPDESK_EMAIL", "")
# The record of processing (`portal/processing.py`): who answers for the data, by name and address; how
# they are reached; their data protection officer; where the servers stand; who works for them.
CONTROLLER = env.str("CONTROLLER", "")
CONTROLLER_CONTACT = env.str("CONTROLLER_CONTACT", "")
DATA_PROTECTION_OFFICER = env.str("DATA_PROTECTION_OFFICER", "")
DATA_LOCATION = env.str("DATA_LOCATION", "")
PROCESSORS: list[str] = [one.strip() for one in env.str("PROCESSORS", "").split(";") if one.strip()]

# --- Applications --------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django.forms",
    "bootstrap",
    "django_countries",
    "members",
    "contacts",
    "integrations.orcid",
    "integrations.push",
    "integrations.works",
    "portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.PersonalAnswersMiddleware",
    "portal.middleware.OwnLanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "members.middleware.FormerAddressMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "portal.forms.PortalFormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.deployment",
                "portal.context.workplaces",
            ],
        },
    },
]

# --- Database, cache, broker ---------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        # A transaction that will write takes the write lock at its start: it then never fails
        # half-way, and the member lock of H1 holds by itself.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
    # In memory, a live server and the test would lock each other out.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    # Compiling a query costs more than most of ours take to run; and no disk turns any more, so that
    # reading by an index costs little more than reading on.
    _planner = "-c jit=off -c random_page_cost=1.1"
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = _planner
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": (
        {"BACKEND": "portal.cache.RedisOrLocalCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        # Enough for the embedded default: one web process. `portal/checks.py` warns otherwise.
        # With Django's own 300 entries, guesses from many places would push out their own counts.
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    )
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL or "filesystem://localhost")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
if CELERY_BROKER_URL.startswith("filesystem:"):
    _queue = DATA_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "processed_folder": str(_queue / "processed"),
        "polling_interval": 0.1,
    }
    # The transport expects its folders to be there, and drops the message otherwise.
    for _folder in ("messages", "control", "processed"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True)
elif CELERY_BROKER_URL.startswith("redis"):
    # A wake-up that cannot be sent is given up quickly: the sweep finds the row (H6). Without
    # `max_retries` kombu tries for six seconds, whatever `retry=False` says, while somebody waits.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "max_retries": 0,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "deliver-due-mails": {"task": "contacts.deliver_due_mails", "schedule": 30.0},
    # Those scheduled for now, and deliveries that came to a halt.
    "sweep-announcements": {"task": "contacts.sweep_announcements", "schedule": 30.0},
    # H6: runs that wait for a worker, or whose worker died.
    "sweep-runs": {"task": "contacts.sweep_runs", "schedule": 30.0},
    # H6: imported contacts whose invitations were to be sent when the worker died.
    "sweep-imports": {"task": "contacts.sweep_imports", "schedule": 60.0},
    "forget-left-out-rows": {
        "task": "contacts.forget_left_out_rows",
        "schedule": crontab(hour=3, minute=25),
    },
    # C8: each record is looked at once a week; an hour's share of them at a time.
    "look-after-records": {"task": "contacts.look_after_records", "schedule": crontab(minute=40)},
    # Institutions change the keys that they sign with.
    "refresh-institutions": {
        "task": "contacts.refresh_institutions",
        "schedule": crontab(hour=4, minute=15),
    },
    # O6: permissions that ORCID could not be told the end of; webhooks not registered yet.
    "finish-ending": {"task": "orcid.finish_ending", "schedule": 60.0},
    "register-webhooks": {"task": "orcid.register_webhooks", "schedule": crontab(minute=10)},
    # O7: which records have changed since yesterday; an hour's share of them at a time. Then those
    # that are due, as many as ORCID lets be read meanwhile.
    "look-for-changes": {"task": "works.look_for_changes", "schedule": crontab(minute=25)},
    "start-due-pulls": {"task": "works.start_due_pulls", "schedule": 30.0},
    # O3: records that something is to be written to, whose worker died, or whose rest is over.
    "sweep-pushes": {"task": "push.sweep", "schedule": 30.0},
    "forget-attempts": {"task": "push.forget_attempts", "schedule": crontab(hour=3, minute=50)},
    # O2: permissions of members whose membership is over; reminders; what is over is forgotten.
    "end-permissions": {"task": "works.end_permissions", "schedule": crontab(hour=2, minute=15)},
    "remind-researchers": {
        "task": "works.remind_researchers",
        "schedule": crontab(hour=7, minute=15),
    },
    "forget-permissions": {
        "task": "works.forget_permissions",
        "schedule": crontab(hour=3, minute=50),
    },
    # Confirmation rounds: the month's own, then whatever is due in those that are open.
    "start-yearly-rounds": {
        "task": "contacts.start_yearly_rounds",
        "schedule": crontab(hour=6, minute=20),
    },
    "advance-rounds": {"task": "contacts.advance_rounds", "schedule": crontab(minute="*/10")},
    "advance-recoveries": {"task": "contacts.advance_recoveries", "schedule": 600.0},
    # H7: what is over is erased.
    "erase-expired": {"task": "contacts.erase_expired", "schedule": crontab(hour=3, minute=40)},
    # H6: accounts that were closed, and not emptied yet; what outlived those by a little.
    "finish-closings": {"task": "contacts.finish_closings", "schedule": 60.0},
    "clear-sessions": {"task": "portal.clear_sessions", "schedule": crontab(hour=3, minute=10)},
}

# --- People and sign-in --------------------------------------------------------------------------
AUTH_USER_MODEL = "contacts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "contacts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "change_password": "contacts.forms.accounts.ChangeOwnPasswordForm",
    "login": "contacts.forms.sign_in.OperatorSignInForm",
    "add_email": "contacts.forms.sign_in.OwnAddressForm",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_MAX_EMAIL_ADDRESSES = 10
# What is counted, and how, stands in `contacts/throttles.py`, for sign-in too.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGOUT_ON_GET = False
# Whether somebody has to prove who they are again is asked by `contacts.proof`: allauth's own question
# passes everybody who has only social accounts.
MFA_REAUTHENTICATION_REQUIRED = ACCOUNT_REAUTHENTICATION_REQUIRED = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
SOCIALACCOUNT_ADAPTER = "contacts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = False
# Accounts elsewhere that people may connect and then sign in by: client id and secret of each.
SIGN_IN_CLIENTS = {
    "google": (env.str("GOOGLE_CLIENT_ID", ""), env.str("GOOGLE_CLIENT_SECRET", "")),
    "linkedin": (env.str("LINKEDIN_CLIENT_ID", ""), env.str("LINKEDIN_CLIENT_SECRET", "")),
    "facebook": (env.str("FACEBOOK_CLIENT_ID", ""), env.str("FACEBOOK_CLIENT_SECRET", "")),
    "weixin": (env.str("WECHAT_CLIENT_ID", ""), env.str("WECHAT_CLIENT_SECRET", "")),
}
MFA_ADAPTER = "contacts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "contacts.forms.accounts.SignInCodeForm",
    "authenticate_webauthn": "contacts.forms.accounts.SignInPasskeyForm",
    "activate_totp": "contacts.forms.accounts.AppForm",
    "add_webauthn": "contacts.forms.accounts.PasskeyForm",
}
# Addresses are proved one by one here; which of them are has nothing to do with the second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Clocks of phones run up to half a minute wrong.
MFA_TOTP_TOLERANCE = 1
# Browsers themselves keep passkeys to https, and to this computer.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SITE_IS_HTTPS

# --- ORCID (contract: docs/orcid.md) -------------------------------------------------------------
ORCID_BASE_URL = env.str("ORCID_BASE_URL", "https://orcid.org").rstrip("/")
ORCID_PUBLIC_API_URL = env.str("ORCID_PUBLIC_API_URL", "https://pub.orcid.org/v3.0").rstrip("/")
ORCID_MEMBER_API_URL = env.str("ORCID_MEMBER_API_URL", "https://api.orcid.org/v3.0").rstrip("/")
ORCID_CLIENT_ID = env.str("ORCID_CLIENT_ID", "")
ORCID_CLIENT_SECRET = env.str("ORCID_CLIENT_SECRET", "")
ORCID_TIMEOUT_SECONDS = env.float("ORCID_TIMEOUT_SECONDS", 10.0)
# O5: HTTP calls per second for the ORCID client across all workers, and the burst allowed.
ORCID_RATE_PER_SECOND = env.int("ORCID_RATE_PER_SECOND", 24)
ORCID_RATE_BURST = env.int("ORCID_RATE_BURST", 40)
# Have ORCID call us when a connected record changes: only for clients of premium members.
ORCID_WEBHOOKS = env.bool("ORCID_WEBHOOKS", False)
# Each connected record: ORCID's search is asked about so often whether it has changed, in hours, and
# for so much longer than has passed, as its index lags; the record itself is looked at, in days.
PULL_LOOK_HOURS = env.int("PULL_LOOK_HOURS", 23)
PULL_OVERLAP_HOURS = env.int("PULL_OVERLAP_HOURS", 6)
PULL_FULL_DAYS = env.int("PULL_FULL_DAYS", 30)

# --- Institutions (contract: docs/institutional-sign-in.md) --------------------------------------
# How long an institution's sign-in service may take to answer a call of ours.
INSTITUTION_TIMEOUT_SECONDS = env.float("INSTITUTION_TIMEOUT_SECONDS", 8.0)

# --- Rules with a number -------------------------------------------------------------------------
INVITATION_DAYS = env.int("INVITATION_DAYS", 21)
# O2: researchers are asked for permission, and reminded once after so many days (0: never).
PERMISSION_REMIND_DAYS = env.int("PERMISSION_REMIND_DAYS", 10)
# A2: how long contacts of a former member still read and export.
FORMER_MEMBER_DAYS = env.int("FORMER_MEMBER_DAYS", 90)
# Confirmation rounds, in days: between reminders; and from the first question until the other
# contacts are asked, and until the lead is told.
ROUND_REMIND_DAYS = env.int("ROUND_REMIND_DAYS", 7)
ROUND_OTHERS_DAYS = env.int("ROUND_OTHERS_DAYS", 21)
ROUND_LEAD_DAYS = env.int("ROUND_LEAD_DAYS", 35)
# H7: for how long what is over is kept: former contacts, invitations nobody accepted, the log of mails,
# help requests.
RETAIN_FORMER_CONTACTS_DAYS = env.int("RETAIN_FORMER_CONTACTS_DAYS", 365)
RETAIN_DEAD_INVITATIONS_DAYS = env.int("RETAIN_DEAD_INVITATIONS_DAYS", 30)
RETAIN_MAIL_LOG_DAYS = env.int("RETAIN_MAIL_LOG_DAYS", 365)
# What ORCID answered to each attempt to write.
RETAIN_PUSH_LOG_DAYS = env.int("RETAIN_PUSH_LOG_DAYS", 365)
RETAIN_HELP_REQUESTS_DAYS = env.int("RETAIN_HELP_REQUESTS_DAYS", 365)

# --- How often what may be done (contacts/throttles.py; docs/limits.md) --------------------------
# Getting in.
SIGN_INS_PER_NETWORK_PER_HOUR = env.int("SIGN_INS_PER_NETWORK_PER_HOUR", 1200)
FAILED_SIGN_INS_PER_NETWORK_PER_HOUR = env.int("FAILED_SIGN_INS_PER_NETWORK_PER_HOUR", 60)
PASSWORD_FORMS_PER_NETWORK_PER_MINUTE = env.int("PASSWORD_FORMS_PER_NETWORK_PER_MINUTE", 30)
WRONG_PASSWORDS_PER_ADDRESS_AND_NETWORK = env.int("WRONG_PASSWORDS_PER_ADDRESS_AND_NETWORK", 5)
WRONG_PASSWORDS_PER_ADDRESS_PER_HOUR = env.int("WRONG_PASSWORDS_PER_ADDRESS_PER_HOUR", 100)
WRONG_PASSWORDS_PER_PERSON = env.int("WRONG_PASSWORDS_PER_PERSON", 10)
WRONG_CODES_PER_PERSON = env.int("WRONG_CODES_PER_PERSON", 5)
WRONG_CODES_PER_PERSON_PER_DAY = env.int("WRONG_CODES_PER_PERSON_PER_DAY", 50)
DEAD_LINKS_PER_NETWORK_PER_HOUR = env.int("DEAD_LINKS_PER_NETWORK_PER_HOUR", 100)
BAD_TOKENS_PER_NETWORK_PER_MINUTE = env.int("BAD_TOKENS_PER_NETWORK_PER_MINUTE", 30)
# Mails to addresses that somebody has named.
MAILS_PER_PERSON_PER_HOUR = env.int("MAILS_PER_PERSON_PER_HOUR", 100)
MAILS_PER_ADDRESS_PER_DAY = env.int("MAILS_PER_ADDRESS_PER_DAY", 10)
SAME_MAIL_PER_THREE_MINUTES = env.int("SAME_MAIL_PER_THREE_MINUTES", 1)
ASKS_PER_MEMBER_PER_DAY = env.int("ASKS_PER_MEMBER_PER_DAY", 500)
ASKS_PER_PERSON_PER_DAY = env.int("ASKS_PER_PERSON_PER_DAY", 500)
HELP_REQUESTS_PER_NETWORK_PER_HOUR = env.int("HELP_REQUESTS_PER_NETWORK_PER_HOUR", 20)
HELP_REQUESTS_PER_ADDRESS_PER_DAY = env.int("HELP_REQUESTS_PER_ADDRESS_PER_DAY", 5)
HELP_REPLIES_PER_REQUEST_PER_DAY = env.int("HELP_REPLIES_PER_REQUEST_PER_DAY", 20)
# A8: addresses one person looks up when adding contacts; the other questions to ORCID; files.
LOOKUPS_PER_HOUR = env.int("LOOKUPS_PER_HOUR", 100)
CONNECTS_PER_PERSON_PER_HOUR = env.int("CONNECTS_PER_PERSON_PER_HOUR", 30)
SYNCS_PER_PERSON_PER_HOUR = env.int("SYNCS_PER_PERSON_PER_HOUR", 60)
COPIES_PER_PERSON_PER_HOUR = env.int("COPIES_PER_PERSON_PER_HOUR", 10)
WORK_FILES_PER_PERSON_PER_HOUR = env.int("WORK_FILES_PER_PERSON_PER_HOUR", 60)
PICTURES_PER_PERSON_PER_HOUR = env.int("PICTURES_PER_PERSON_PER_HOUR", 30)
# The API: for each token, and for each person who reads it in the browser; for strangers.
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", 600)
API_READS_PER_NETWORK_PER_MINUTE = env.int("API_READS_PER_NETWORK_PER_MINUTE", 120)

# --- Mail ----------------------------------------------------------------------------------------
_mail = env.dj_email_url("EMAIL_URL", "smtp://127.0.0.1:25")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST", "")
EMAIL_PORT = _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "member-tools@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en-gb")
# Those that people may choose from, each with a catalogue. (`LANGUAGES` stays Django's own list: in
# which language institutions write is another matter.)
PORTAL_LANGUAGES: list[str] = env.list("PORTAL_LANGUAGES", [LANGUAGE_CODE])
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_I18N = True
# 10,000, or as the language has it. Numbers in addresses and forms are `unlocalize`d.
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["portal.formats"]
# Catalogues: `make messages`, CONTRIBUTING.md.
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_TZ = True

# --- Files ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"  # no MEDIA_URL: pictures are served by views that ask who may see
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Headers and cookies -------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # The sign-in form is a POST to us that redirects to ORCID; browsers apply form-action to
        # the redirect too.
        "form-action": [SELF, ORCID_BASE_URL],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Under these names browsers take a cookie from this very host alone, by HTTPS: no neighbour of the same
# domain, and nobody on the line, plants a session.
_HOST = "__Host-" if SITE_IS_HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}sessionid", f"{_HOST}csrftoken"
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", 12 * 3600)
SECURE_SSL_REDIRECT = SITE_IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^-/"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if SITE_IS_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", SITE_IS_HTTPS)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", SITE_IS_HTTPS)
# Set when a trusted proxy ends TLS and sets X-Forwarded-Proto.
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whose tries are counted: the address that the outermost of our proxies saw, the last but so many in
# X-Forwarded-For, never one that the client wrote before it.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXY_COUNT", 1) if BEHIND_PROXY else 0

# --- API -----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    # The first one says what to send: 401 with WWW-Authenticate.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "contacts.api_auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "portal.pagination.IdCursorPagination",
    "DEFAULT_SCHEMA_CLASS": "portal.schema.PortalSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "portal.problems.answer",
    "DEFAULT_THROTTLE_CLASSES": ["portal.throttles.CallerThrottle"],
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Member Tools API",
    "DESCRIPTION": (
        "Members, their identifiers, contacts and invitations, and the feed of events. Send a token "
        "as `Authorization: Bearer mt_…`; it is made in Member Tools under *Settings*, or by the lead "
        "desk, and reaches no further than the person who made it. What has a version carries it as "
        "`ETag`; send it back as `If-Match` to change it. Errors are problem details (RFC 9457). "
        "Lists come in pages: follow `next`. The rules are those of the pages, and so are the words."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Its links stand inside buttons, which screen readers cannot tell apart.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portal.schema.add_problems",
    ],
}

# --- Log -----------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "portal.logs.LineFormatter",
            "fmt": "{levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    # httpx logs each request's URL, search queries with e-mail addresses included; fido2 each passkey.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore", "fido2")},
}
