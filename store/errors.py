"""The one tree of errors; domains subclass it, two places translate it (``tools/spoken.py``, ``ingest/middleware.py``).

VoiceLoopError            something a person should hear about, in a plain sentence that says what to do
├── Invalid               the request makes no sense as it is                       (422)
│   └── TooLarge          more than the limit                                       (413)
├── NotAllowed            who asks may not do this                                  (403; 401 without identity)
├── NotFound              no such thing for this tenant                             (404)
├── Conflict              it clashes with what is there                             (409)
├── TooMany               too much at once or too often; ``retry_after_s`` says when    (429)
├── Unavailable           something we depend on does not answer now; try again     (503)
└── SettingsError         the program is configured wrongly; it does not start
"""

from __future__ import annotations


class VoiceLoopError(Exception):
    """Carries ``message`` (a sentence for a person) and ``code`` (snake_case, for programs)."""

    code: str = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class Invalid(VoiceLoopError):
    code = "invalid"


class TooLarge(Invalid):
    code = "too_large"


class NotAllowed(VoiceLoopError):
    code = "not_allowed"


class NotFound(VoiceLoopError):
    code = "not_found"


class Conflict(VoiceLoopError):
    code = "conflict"


class TooMany(VoiceLoopError):
    """``retry_after_s``: seconds until asking again makes sense; None when nobody knows."""

    code = "too_many"

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class Unavailable(VoiceLoopError):
    code = "unavailable"


class SettingsError(VoiceLoopError):
    code = "settings"
