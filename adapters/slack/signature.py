"""Whether a request is really Slack's (https://docs.slack.dev/authentication/verifying-requests-from-slack).

Nothing of the body is interpreted here; every header may be garbage.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

# Slack's own limit against replayed requests, in both directions.
WINDOW = timedelta(minutes=5)
_MAX_DIGITS = 12


def is_genuine(secret: str, body: bytes, timestamp: str, signature: str, now: datetime) -> bool:
    """Compare the signature with ours in constant time; old and future requests are refused."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _MAX_DIGITS):
        return False
    if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        return False
    material = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), material, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogateescape"))
