ARG PYTHON=3.11

# Builds a virtual environment that holds the pinned dependencies and the wheel, and nothing else.
FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/credhub
ENV PATH=/opt/credhub/bin:${PATH}
COPY requirements.lock ./
RUN pip install --only-binary :all: --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY migrations migrations
COPY docs/spec/verify.mjs docs/spec/verify.mjs
COPY src src
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && pip install --no-deps --no-index dist/*.whl \
 && credhub --help >/dev/null \
 && pip uninstall --yes pip setuptools

FROM python:${PYTHON}-slim
RUN groupadd --gid 10001 credhub \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin \
      credhub \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data /state
COPY --from=build /opt/credhub /opt/credhub
# The root file system may be read-only: only /data, /state and /tmp are ever written to.
ENV PATH=/opt/credhub/bin:${PATH} \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_STATE_HOME=/state \
    CREDHUB_DATA=/data \
    CREDHUB_HOST=0.0.0.0 \
    CREDHUB_PORT=8000
USER 10001:10001
VOLUME ["/data", "/state"]
EXPOSE 8000
STOPSIGNAL SIGTERM
# Without a proxy, whatever the environment says.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ['CREDHUB_PORT']}/healthz\", timeout=4)"]
ENTRYPOINT ["credhub"]
CMD ["serve"]
