# The image of every Milepost command; `docker compose build` makes it. Two stages: an environment with exactly what
# requirements-runtime.lock says, by hash, and Milepost as a wheel; then that environment alone, owned by root and run by
# nobody special, without compiler, pip or test tools.
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements-runtime.lock requirements-build.lock ./
RUN python -m venv /opt/milepost \
 && /opt/milepost/bin/pip install --require-hashes --only-binary :all: -r requirements-runtime.lock \
 && pip install --require-hashes --only-binary :all: -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY activities ./activities
COPY runtime ./runtime
COPY sla ./sla
COPY starter ./starter
COPY store ./store
COPY workers ./workers
COPY workflows ./workflows
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/milepost/bin/pip install --no-deps --no-index /wheels/*.whl \
 && /opt/milepost/bin/pip uninstall --yes pip

FROM python:3.13-slim-trixie
# The uid is a number that Kubernetes and file systems can rely on; the directory is for commands that keep files.
RUN groupadd --gid 10001 milepost \
 && useradd --uid 10001 --gid milepost --no-create-home --home-dir /var/lib/milepost --shell /usr/sbin/nologin milepost \
 && install -d -o milepost -g milepost /var/lib/milepost
COPY --from=build /opt/milepost /opt/milepost
ENV PATH=/opt/milepost/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    MILEPOST_DATA_DIR=/var/lib/milepost \
    MILEPOST_LOG_FORMAT=json \
    MILEPOST_METRICS_HOST=0.0.0.0 \
    MILEPOST_METRICS_PORT=9464
WORKDIR /var/lib/milepost
USER 10001:10001
EXPOSE 9464
STOPSIGNAL SIGTERM
# Healthy is: ready for work. Whoever restarts what is unhealthy should ask /live instead, which fails only when a restart helps.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['MILEPOST_METRICS_PORT']), timeout=4); c.request('GET', '/ready'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["milepost"]
CMD ["worker"]
