"""`python -m portal.local.code KEY`: what an app with codes would show, for trying things out."""

import base64
import hashlib
import hmac
import struct
import sys
import time


def code_for(key: str, at: float) -> str:
    """RFC 6238: six digits for the half minute of that moment."""
    counter = struct.pack(">Q", int(at) // 30)
    padded = key.replace(" ", "").upper() + "=" * (-len(key.replace(" ", "")) % 8)
    digest = hmac.new(base64.b32decode(padded), counter, hashlib.sha1).digest()
    [number] = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


if __name__ == "__main__":
    sys.stdout.write(f"{code_for(sys.argv[1], time.time())}\n")
