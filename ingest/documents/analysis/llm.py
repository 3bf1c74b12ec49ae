"""A language model's view of a document over OpenAI's interface; the rules' view stays wherever it fails.

Each field is taken only when it has the right form and the document supports it, so an answer that obeys a text in the
document changes nothing. Imported by the job process alone.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from openai import AsyncOpenAI, OpenAIError

from ingest.documents.analysis.category import CATEGORIES, GENERAL
from ingest.documents.analysis.keyless import Draft
from ingest.documents.analysis.model import Analysis, Contradiction
from ingest.documents.analysis.prompt import messages, schema
from ingest.documents.analysis.support import Ground
from store.log import get_logger

log = get_logger(__name__)
DEFAULT_MODEL: Final = "gpt-4.1-mini"
_ANSWER_TOKENS = 1_500
_LEAST_CERTAIN = 0.6  # below it the model may correct the language


def open_judge(names: str, api_key: str, base_url: str, model: str, *, timeout_s: float = 40.0) -> OpenAIJudge | None:
    """``names``: VOICELOOP_LLM. None when another provider is named first, or nothing is configured."""
    wanted = [one.strip().lower() for one in names.split(",") if one.strip()]
    if (wanted and wanted[0] != "openai") or (not wanted and not (api_key or base_url)):
        return None
    client = AsyncOpenAI(api_key=api_key or "none", base_url=base_url or None, timeout=timeout_s, max_retries=1)
    return OpenAIJudge(client, model or DEFAULT_MODEL)


@asynccontextmanager
async def judging(names: str, api_key: str, base_url: str, model: str) -> AsyncGenerator[OpenAIJudge | None]:
    """`open_judge`, its connections closed at the end."""
    judge = open_judge(names, api_key, base_url, model)
    try:
        yield judge
    finally:
        if judge is not None:
            await judge.close()


@dataclass(frozen=True, slots=True)
class OpenAIJudge:
    """One question a document, at temperature 0."""

    client: AsyncOpenAI
    model: str

    async def improve(self, drawn: Draft, analysis: Analysis) -> Analysis:
        """The analysis with what the model says better. Whatever goes wrong with it is logged, never raised."""
        if not drawn.sentences:
            return analysis
        answer = await self._ask(drawn, analysis.contradictions)
        if answer is None:
            return analysis
        return await asyncio.to_thread(merge, drawn, analysis, answer, self.model)

    async def close(self) -> None:
        await self.client.close()

    async def _ask(self, drawn: Draft, contradictions: Sequence[Contradiction]) -> dict[str, Any] | None:
        try:
            completion = await self.client.chat.completions.create(
                model=self.model,
                messages=cast("Any", messages(drawn, contradictions)),
                temperature=0,
                max_completion_tokens=_ANSWER_TOKENS,
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "analysis", "strict": True, "schema": schema()},
                },
            )
        except OpenAIError as error:
            log.warning("the language model did not analyse a document", model=self.model, error=type(error).__name__)
            return None
        message = completion.choices[0].message if completion.choices else None
        if message is None or message.refusal or not message.content:
            log.warning("the language model refused to analyse a document", model=self.model)
            return None
        return _object(message.content)


def merge(drawn: Draft, analysis: Analysis, answer: dict[str, Any], model: str) -> Analysis:
    """Field by field: the answer's where it holds, the rules' elsewhere.

    Whether a document is recommended, and what is wrong with it, no answer decides. Of one that gives orders nothing
    counts but words that the text itself supports: another that was not found may have steered the answer.
    """
    ground = Ground.of(drawn.sentences, drawn.title, analysis.language)
    better: dict[str, Any] = {
        "summary": _summary(answer.get("summary"), ground),
        "key_points": _key_points(answer.get("key_points"), ground),
        "tags": _tags(answer.get("tags"), ground),
        "category": "" if drawn.commands.notes else _category(answer.get("category")),
        "language": _language(answer.get("language"), drawn),
    }
    taken = {name: value for name, value in better.items() if value}
    analysed_by = analysis.analysed_by | dict.fromkeys(taken, model)
    if analysis.contradictions and not drawn.commands.notes:  # a text that gives orders has no say in what is reported
        judged = _judged(answer.get("contradictions"), analysis.contradictions)
        if judged is not None:
            gone = {one.text for one in analysis.contradictions} - {one.text for one in judged}
            warnings = tuple(one for one in analysis.warnings if one.code != "contradiction" or one.text not in gone)
            reasons = (
                analysis.reasons if judged else tuple(one for one in analysis.reasons if one.code != "contradictions")
            )
            taken |= {"contradictions": judged, "warnings": warnings, "reasons": reasons}
            analysed_by["contradictions"] = model
    return replace(analysis, **taken, analysed_by=analysed_by)


def _object(content: str) -> dict[str, Any] | None:
    try:
        found = json.loads(re.sub(r"^\s*```(?:json)?|```\s*$", "", content))
    except json.JSONDecodeError:
        log.warning("the language model's analysis was not JSON")
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _line(value: Any, most: int) -> str:
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) and len(value) <= most else ""


def _summary(value: Any, ground: Ground) -> str:
    text = _line(value, 1200)
    return text if len(text) >= 20 and ground.supports(text) else ""


def _key_points(value: Any, ground: Ground) -> tuple[str, ...]:
    points = (_line(one.get("text"), 300) for one in _objects(value)[:8])
    found = tuple(dict.fromkeys(point for point in points if len(point) >= 8 and ground.supports(point)))
    return found[:6] if len(found) >= 2 else ()


def _tags(value: Any, ground: Ground) -> tuple[str, ...]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    named = (_line(one, 40) for one in items[:12])
    found = tuple(dict.fromkeys(tag for tag in named if len(tag) >= 2 and ground.supports(tag, least=1.0)))
    return found[:8] if len(found) >= 2 else ()


def _category(value: Any) -> str:
    return value if isinstance(value, str) and (value in CATEGORIES or value == GENERAL) else ""


def _language(value: Any, drawn: Draft) -> str:
    """Scripts and small words are seldom wrong; the model decides only where they are unsure."""
    if not isinstance(value, str) or not re.fullmatch("[a-z]{2}", value):
        return ""
    return value if value == drawn.parsed.language or drawn.parsed.told.certainty < _LEAST_CERTAIN else ""


def _judged(value: Any, asked: Sequence[Contradiction]) -> tuple[Contradiction, ...] | None:
    """Those it agrees with, and those it was not asked about or left out. None when it did not answer."""
    verdicts = {
        one["number"]: one["contradicts"]
        for one in _objects(value)
        if isinstance(one.get("number"), int) and isinstance(one.get("contradicts"), bool)
    }
    if not verdicts:
        return None
    marked = (replace(one, judged=verdicts.get(number)) for number, one in enumerate(asked, 1))
    return tuple(one for one in marked if one.judged is not False)


def _objects(value: Any) -> list[dict[str, Any]]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", one) for one in items if isinstance(one, dict)]
