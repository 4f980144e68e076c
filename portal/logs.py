"""Lines of the log."""

import logging
import re

# Part of an address that is long and has capitals or colons, as keys have and slugs have not.
_KEY = re.compile(r"/(?=[^/\s]*[A-Z:])[\w:.-]{20,}")


class LineFormatter(logging.Formatter):
    """Without the keys of mailed links, which whoever reads the log could use."""

    def format(self, record: logging.LogRecord) -> str:
        return _KEY.sub("/…", super().format(record))
