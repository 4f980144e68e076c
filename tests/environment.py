"""The environment of the tests, loaded before the settings (`tests.settings`)."""

import os
import tempfile

os.environ.update(
    ENV_FILE=os.devnull,
    SECRET_KEY="only-for-tests-" + "x" * 50,
    FIELD_KEYS="FiJXWMCFn2OwnoPCUhTFzjg9DpK1bBtt8mmJvSPGfRY=",
    SITE_URL="http://testserver",
    DATA_DIR=os.environ.get("TEST_DATA_DIR") or tempfile.mkdtemp(prefix="member-tools-tests-"),
    DEFAULT_FROM_EMAIL="portal@consortium.example",
    HELPDESK_EMAIL="helpdesk@portal.example",
    ORCID_CLIENT_ID="APP-TESTTESTTESTTEST",
    ORCID_CLIENT_SECRET="only-for-tests",
    ORCID_BASE_URL=os.environ.get("ORCID_BASE_URL", "http://127.0.0.1:9"),
    EMAIL_URL="smtp://127.0.0.1:9",
)
