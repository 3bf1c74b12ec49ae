"""Google's push: a channel that calls an https address when a calendar changes. The call itself carries no event."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from tools.calendars.backend import CalendarUnavailable, Channel, NotSupported
from tools.calendars.google.errors import error_of, reasons_of
from tools.calendars.google.rest import Rest, object_of
from tools.calendars.outside.requests import Answer

_TAKEN = "channelIdNotUnique"
_NO_PUSH = frozenset(
    {
        "pushNotSupportedForRequestedResource",
        *("webhookUrlNotHttps", "push.webhookUrlNotHttps"),
        *("webhookUrlUnauthorized", "push.webhookUrlUnauthorized"),
    }
)
_REFUSED = (400, 401, 404)


async def open_channel(rest: Rest, calendar_id: str, address: str, secret: str) -> Channel:
    """A new channel; ``secret`` comes with each call. Raises NotSupported where nobody can be called."""
    if not address.startswith("https://"):
        raise NotSupported("Google Calendar calls back on https addresses only. Changes are looked for instead.")
    path = ("calendars", calendar_id, "events", "watch")
    answer, channel_id = Answer(400, {}, b""), ""
    for _ in range(2):
        channel_id = str(uuid4())
        body = {"id": channel_id, "type": "web_hook", "address": address, "token": secret}
        answer = await rest.ask("POST", *path, body=body, accept=_REFUSED)
        if _TAKEN not in reasons_of(answer):  # by our own first try, whose answer was lost; that channel ends by itself
            break
    if answer.status not in _REFUSED:
        made = object_of(answer)
        return Channel(channel_id, str(made.get("resourceId", "")), _expires(made.get("expiration")))
    if reasons_of(answer) & _NO_PUSH:
        raise NotSupported("Google Calendar does not call back for this calendar. Changes are looked for instead.")
    raise error_of(answer, of_event=False)


async def close_channel(rest: Rest, channel: Channel) -> None:
    """End it; one that has ended is no error."""
    body = {"id": channel.id, "resourceId": channel.resource_id}
    await rest.ask("POST", "channels", "stop", body=body, accept=(404,))


def _expires(milliseconds: object) -> datetime:
    try:
        return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)
    except (ValueError, OverflowError) as error:
        raise CalendarUnavailable("Google Calendar answered something unexpected. Try again later.") from error
