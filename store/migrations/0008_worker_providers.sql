-- A worker's row tells which providers it uses; kept answers of before are dropped: they were not told apart by who asked.

ALTER TABLE workers ADD COLUMN providers jsonb NOT NULL DEFAULT '{}'   -- {"stt": [names], "llm": [...], "tts": [...]}
    CHECK (jsonb_typeof(providers) = 'object');

TRUNCATE idempotent_answers;                     -- some held tokens for calls, which are never kept any more
