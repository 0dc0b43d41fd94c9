# Signalbox' image. Everything is built in the first stage; the second has the interpreter, the locked
# packages and the bot, and neither compiler nor installer.
ARG PYTHON=python:3.12-slim

FROM ${PYTHON} AS build
WORKDIR /build
RUN python -m venv --without-pip /app/venv
COPY requirements/build.lock requirements/image.lock ./
# pip compiles to bytecode as it installs: without it a cold start takes twice as long.
RUN pip install --no-cache-dir --require-hashes -r build.lock \
    && pip --python /app/venv/bin/python install --no-cache-dir --require-hashes -r image.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY commands commands
COPY adapters adapters
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python /app/venv/bin/python install --no-cache-dir --no-deps dist/*.whl \
    && /app/venv/bin/python -m compileall -q /app/venv/lib

FROM ${PYTHON}
RUN useradd --system --uid 10001 --no-create-home --home-dir /app signalbox
COPY --from=build /app/venv /app/venv
WORKDIR /app
# By number, so that a cluster can tell that it is not root.
USER 10001
ENV PATH=/app/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]
# Python is the first process and gets the signals; `worker` instead of `run` serves no requests.
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
