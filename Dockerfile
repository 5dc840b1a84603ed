# Image Studio in a container: `docker compose up`, or
#   docker build -t imagestudio . && docker run --rm -p 127.0.0.1:7860:7860 -v imagestudio:/data imagestudio
# It runs without root, with a read-only root file system (see compose.yaml), and keeps its data in /data.

# What is installed is named by hash (container/). The base image is named by its tag, which can come to mean
# another image: put `@sha256:…` behind both, as `docker buildx imagetools inspect python:3.12-slim` tells it.

FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ONLY_BINARY=:all: PIP_REQUIRE_HASHES=1
RUN python -m venv /opt/imagestudio && python -m venv /opt/build
WORKDIR /source
# The dependencies first: they change seldom, and so are built seldom.
COPY container container
RUN /opt/imagestudio/bin/pip install -r container/requirements.txt \
 && /opt/build/bin/pip install -r container/build-requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY imagestudio imagestudio
RUN /opt/build/bin/python -m hatchling build -t wheel -d /wheels \
 && PIP_REQUIRE_HASHES=0 /opt/imagestudio/bin/pip install --no-deps --no-index /wheels/*.whl \
 && /opt/imagestudio/bin/python -m compileall -q /opt/imagestudio/lib \
 && /opt/imagestudio/bin/pip uninstall -y pip

FROM python:3.12-slim
RUN useradd --uid 1000 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin studio \
 && install -d -o 1000 -g 1000 -m 700 /data
COPY --from=build /opt/imagestudio /opt/imagestudio
ENV PATH=/opt/imagestudio/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    GRADIO_SERVER_NAME=0.0.0.0 \
    IMAGESTUDIO_DATA_DIR=/data \
    IMAGESTUDIO_LOG_FORMAT=json
USER 1000:1000
WORKDIR /data
VOLUME /data
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/api/health', timeout=4)"]
CMD ["imagestudio", "serve"]
