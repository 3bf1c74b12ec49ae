"""What object storage answers when something is wrong, in words for whoever runs the installation.

The server's own text goes to the log (it names addresses and keys of objects, never a secret).
"""

from __future__ import annotations

from typing import Final

from store.errors import Unavailable
from store.log import get_logger

log = get_logger(__name__)
_SIGNS: Final[tuple[tuple[str, str], ...]] = (
    ("NoSuchBucket", "There is no such bucket; make it, or correct the name."),
    ("169.254.169.254", "There are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
    ("InvalidAccessKeyId", "The access key is unknown there; check AWS_ACCESS_KEY_ID."),
    ("SignatureDoesNotMatch", "The secret key is wrong; check AWS_SECRET_ACCESS_KEY."),
    ("ExpiredToken", "The credentials have expired; renew AWS_SESSION_TOKEN."),
    ("InvalidToken", "The credentials are not valid; check AWS_SESSION_TOKEN."),
    ("AccessDenied", "These credentials may not write there; allow s3:GetObject, PutObject, DeleteObject, ListBucket."),
    ("AuthorizationHeaderMalformed", "The region is wrong; set AWS_REGION to the bucket's."),
    ("PermanentRedirect", "The bucket is in another region; set AWS_REGION to the bucket's."),
    ("301 ", "The bucket is in another region; set AWS_REGION to the bucket's."),
    ("RequestTimeTooSkewed", "This machine's clock is wrong; correct it."),
    ("QuotaExceeded", "The storage there is full; make room."),
    ("403 ", "The credentials are refused; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
    ("401 ", "The credentials are refused; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
    ("sending request", "It does not answer; check S3_ENDPOINT_URL and the network."),
    ("builder error", "Its address cannot be used; check S3_ENDPOINT_URL."),
)
_LONGEST: Final = 500


def problem_of_start(error: Exception) -> str:
    """What to do, as a sentence."""
    _note(error)
    text = str(error)
    return next((told for sign, told in _SIGNS if sign in text), "It does not work as object storage; see the log.")


def unavailable(error: Exception) -> Unavailable:
    """What a caller hears while storage does not work."""
    _note(error)
    text = "The storage for files does not answer as it should. Try again in a few minutes."
    return Unavailable(text, code="storage_unavailable")


def _note(error: Exception) -> None:
    log.warning("object storage refused or did not answer", error=str(error).partition("\n\nDebug")[0][:_LONGEST])
