"""Imported once in the process that all call processes are forked from, so that they share its memory.

Only imports and read-only data: no thread, no event loop, no socket may exist when the fork happens. A cloud provider's
plugin is loaded where its key is present, and costs nothing elsewhere.
"""

from __future__ import annotations

import os
from importlib import import_module

from livekit.agents.tokenize.basic import hyphenate_word

from agent import worker
from agent.brain import llm
from agent.pipeline.providers import plugins_for
from agent.pipeline.settings import PipelineSettings
from agent.pipeline.speakable import speakable

__all__ = ["llm", "worker"]

import_module("numpy.fft")  # the framework measures speaking rate with it, and would import it while somebody speaks
import_module("numpy.ma")  # the first percentile of a call would
hyphenate_word("syllables")  # its tables are made at the first word, and take a tenth of a second of the greeting
speakable("At 3 PM.")  # likewise, and a hundredth
for plugin in plugins_for(PipelineSettings.from_environment(os.environ)):
    import_module(plugin)
