# Signalbox' image: built in one stage, run in another that holds neither compiler nor installer cache.
FROM python:3.12-slim AS build
WORKDIR /build
RUN python -m venv /app/venv
COPY requirements/image.lock .
# Byte-compiled here: a cold start without .pyc files takes twice as long.
RUN /app/venv/bin/pip install --no-cache-dir --require-hashes -r image.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY commands commands
COPY adapters adapters
RUN /app/venv/bin/pip install --no-cache-dir --no-deps . \
    && /app/venv/bin/python -m compileall -q /app/venv/lib

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app signalbox
COPY --from=build /app/venv /app/venv
WORKDIR /app
USER signalbox
ENV PATH=/app/venv/bin:$PATH PYTHONUNBUFFERED=1 PORT=8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
