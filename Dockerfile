# syntax=docker/dockerfile:1
# One image, two programs: `voiceloop serve` (the sidecar with the page) and `voiceloop worker` (the calls).
# LiveKit and Postgres are not inside; see deploy/compose.yaml.

FROM node:24-slim AS page
WORKDIR /page
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM python:3.13-slim AS python
RUN pip install --no-cache-dir uv
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE livekit.yaml ./
# --no-dev leaves the test tools out; the local voice (GPL, a program of its own) is a choice made here
ARG EXTRAS="--extra local"
RUN uv sync --frozen --no-default-groups --no-install-project ${EXTRAS}
COPY agent/ agent/
COPY tools/ tools/
COPY ingest/ ingest/
COPY store/ store/
RUN uv sync --frozen --no-default-groups ${EXTRAS}

FROM python:3.13-slim
# one package a language that scans are read in (VOICELOOP_OCR_LANGUAGES): --build-arg OCR="tesseract-ocr-eng tesseract-ocr-deu"
ARG OCR="tesseract-ocr-eng"
# libgomp for onnxruntime, libmagic for python-magic, which does not bring it along
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 libmagic1 tesseract-ocr ${OCR} \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 voiceloop \
 && install -d -o voiceloop /data
COPY --from=python /app /app
COPY --from=page /page/dist /app/web/dist
ENV PATH=/app/.venv/bin:$PATH VOICELOOP_HOME=/data VOICELOOP_HOST=0.0.0.0 VOICELOOP_PORT=8080 VOICELOOP_FILES=/data/files PYTHONUNBUFFERED=1
WORKDIR /app
USER voiceloop
VOLUME /data
EXPOSE 8080
# the worker has no port of its own to ask: its container is checked by the sidecar's /ready
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['VOICELOOP_PORT'] + '/health', timeout=2)"]
ENTRYPOINT ["voiceloop"]
CMD ["serve"]
