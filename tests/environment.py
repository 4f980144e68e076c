"""The environment of the tests, loaded before the settings (`tests.settings`)."""

import atexit
import os
import shutil
import tempfile


def folder_for_this_run() -> str:
    made = tempfile.mkdtemp(prefix="member-tools-tests-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


os.environ.update(
    ENV_FILE=os.devnull,
    # Static files without a manifest; the tests themselves run with DEBUG off (pytest-django).
    DEBUG="true",
    SECRET_KEY="only-for-tests-" + "x" * 50,
    FIELD_KEYS="FiJXWMCFn2OwnoPCUhTFzjg9DpK1bBtt8mmJvSPGfRY=",
    SITE_URL="http://testserver",
    DATA_DIR=os.environ.get("TEST_DATA_DIR") or folder_for_this_run(),
    DEFAULT_FROM_EMAIL="portal@consortium.example",
    HELPDESK_EMAIL="helpdesk@portal.example",
    ORCID_CLIENT_ID="APP-TESTTESTTESTTEST",
    ORCID_CLIENT_SECRET="only-for-tests",
    ORCID_BASE_URL=os.environ.get("ORCID_BASE_URL", "http://127.0.0.1:9"),
    EMAIL_URL="smtp://127.0.0.1:9",
)

if redis := os.environ.get("REDIS_URL"):
    # Tests empty their cache, so each process has a database of its own, from the named one on.
    number = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    base, _slash, first = redis.rpartition("/")
    own = int(first) + 1 + int(number) if number else int(first)
    os.environ["REDIS_URL"] = f"{base}/{own}"
