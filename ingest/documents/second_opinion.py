"""What a model says of a whole file, against what its beginning says: sure of something else, the file is refused.

Loads the model: in the job process only, never imported by the web process.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from ingest.documents.kinds import BY_LABEL, OFFICE, TEXTS, TYPES, libmagic_type, polyglot
from ingest.documents.model import AUDIO, IMAGES, PDF, BadDocument

_MAGIKA_IS_SURE: Final = 0.95
_NEVER_TEXT: Final = frozenset({"executable", "archive"})


@lru_cache(maxsize=1)
def _magika() -> Any:
    import onnxruntime
    from magika import Magika  # a model: never in the web process

    class OneThread(Magika):
        """Several threads spin while they wait for each other, and the model is too small to gain by them."""

        def _init_onnx_session(self) -> Any:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            return onnxruntime.InferenceSession(self._model_path, options, providers=["CPUExecutionProvider"])

    return OneThread()


def second_opinion(content: bytes, filename: str, found: str) -> dict[str, Any]:
    """What all three say of the whole content: {ours, libmagic, magika, magika_score}. Blocking, job process only.

    Raises BadDocument ``mislabelled`` or ``polyglot`` when the model is sure that it is something else.
    """
    answer = _magika().identify_bytes(content)
    label, group, score = str(answer.output.label), str(answer.output.group), round(float(answer.score), 3)
    opinion = {"ours": found, "libmagic": libmagic_type(content), "magika": label, "magika_score": score}
    if score < _MAGIKA_IS_SURE:
        return opinion
    other = BY_LABEL.get(label, "")
    if found in TEXTS and (group in _NEVER_TEXT or other in IMAGES | AUDIO | {PDF}):
        text = f"{filename!r} is taken for {TYPES[found].name}, but its content is that of {label}."
        raise BadDocument(f"{text} Upload the real file.", code="mislabelled")
    same_family = {found, other} <= AUDIO or {found, other} <= OFFICE
    if other and not {found, other} & TEXTS and other != found and not same_family:
        raise polyglot(found, TYPES[other].name)
    return opinion
