"""What a change may hold: no address and no telephone number that the caller did not confirm or the house knows.

For toolsets, beside ``boundary.require_said``; it binds the calls of a persona that takes values down with care,
whichever mind leads them. Decides about no other kind: names and days are read back by whoever writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from store.log import get_logger
from tools.boundary import wrong_argument
from tools.call import CallContext
from tools.capture.model import Kind
from tools.capture.outcome import refusal
from tools.capture.written import Contact, contacts_in

TOOLSET = "capture"
log = get_logger(__name__)


async def require_confirmed(call: CallContext, texts: Iterable[str], there: Iterable[str] = ()) -> None:
    """Raise ToolError when ``texts`` hold one that nobody confirmed. ``there``: what is written there already."""
    if TOOLSET not in call.persona.toolsets:
        return
    found = contacts_in(texts, call.now())
    unsure = [one for one in found if not call.captures.is_confirmed(one.kind, one.value)]
    if unsure:
        unsure = await _strange(call, unsure, there)
    if unsure:
        log.info("a write held a value that nobody confirmed", kinds=[one.kind.value for one in unsure])
        raise wrong_argument(*refusal(unsure[0]))


async def _strange(call: CallContext, contacts: Sequence[Contact], there: Iterable[str]) -> list[Contact]:
    """Those that neither the tenant wrote itself nor any of its people has."""
    persona = call.persona
    reached = [value for one in persona.escalation_contacts for value in one.values()]
    written = set(contacts_in([persona.prompt, persona.greeting, *reached, *there], call.now()))
    strange = [one for one in contacts if one not in written]
    addresses = [one.value for one in strange if one.kind is Kind.EMAIL]
    known = await call.services.planning.known_addresses(call.identity, addresses) if addresses else frozenset[str]()
    return [one for one in strange if one.kind is not Kind.EMAIL or one.value not in known]
