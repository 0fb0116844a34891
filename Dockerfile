# One image for mercure, MONAI Deploy and Holoscan, XNAT and Flywheel (a folder in, a folder out), and for the node:
#
#     docker build -t mammocalc:0.2.0.dev0 .
#     docker run --rm --network none -v /data:/input:ro -v /results:/output mammocalc:0.2.0.dev0
#     docker run --rm --network host -v /spool:/spool mammocalc:0.2.0.dev0 listen --spool /spool --port 11112 --ae-title MAMMOCALC
#
# Packages are pinned by hash in .ci/container.lock. The base is a tag, which moves with its security updates, and no
# digest of it is known here: pin it by the one that your registry gives, and note that with your release:
#     docker buildx imagetools inspect python:3.12-slim-bookworm
#     docker build --build-arg BASE=python:3.12-slim-bookworm@sha256:... .
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY .ci/container.lock ./
RUN python -m venv /opt/mammocalc \
 && /opt/mammocalc/bin/pip install --require-hashes --only-binary=:all: -r container.lock
COPY pyproject.toml README.md LICENSE ./
COPY configs ./configs
COPY pipeline ./pipeline
RUN /opt/mammocalc/bin/pip install --no-deps --no-build-isolation . \
 && /opt/mammocalc/bin/pip uninstall -y -q pip \
 && find /opt/mammocalc -name tests -type d -prune -exec rm -rf {} +

FROM ${BASE}
COPY --from=build /opt/mammocalc /opt/mammocalc
# Not in /etc/monai, as of old: an image with manifests there is run as root by mercure, or not at all.
COPY pipeline/mammocalc/node/manifests/app.json pipeline/mammocalc/node/manifests/pkg.json /etc/holoscan/
COPY pipeline/mammocalc/node/manifests/manifest.json /flywheel/v0/manifest.json
# A user of no name: platforms put their own in its place. Whoever it is, nothing is written but to the output.
RUN ln -s /opt/mammocalc/bin/mammocalc /usr/local/bin/mammocalc \
 && mkdir -p /opt/holoscan/models /opt/holoscan/docs /var/holoscan/logs && ln -s /opt/mammocalc /opt/holoscan/app \
 && printf '#!/bin/sh\nexec /usr/local/bin/mammocalc job\n' >/flywheel/v0/run && chmod 755 /flywheel/v0/run \
 && mkdir -p /input /output /var/holoscan/input /var/holoscan/output /flywheel/v0/output \
 && chmod 777 /output /var/holoscan/output /flywheel/v0/output
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 65532:65532
WORKDIR /tmp
# XNAT reads its commands from this label; the same stands in pipeline/mammocalc/node/manifests/command.json. What mercure
# is told of the module is mercure.json there, for it reads nothing of an image.
LABEL org.opencontainers.image.title="mammocalc" \
      org.opencontainers.image.version="0.2.0-dev0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.nrg.commands='[{"name":"mammocalc","label":"mammocalc: calcifications of mammograms","description":"Finds and measures calcifications and names their distribution. Research use only.","version":"0.2.0.dev0","schema-version":"1.0","type":"docker","image":"mammocalc:0.2.0.dev0","command-line":"mammocalc job /input /output","override-entrypoint":true,"mounts":[{"name":"in","writable":false,"path":"/input"},{"name":"out","writable":true,"path":"/output"}],"inputs":[],"outputs":[{"name":"results","description":"DICOM objects, the run and result.json","required":true,"mount":"out","path":""}],"xnat":[{"name":"mammocalc-session","label":"mammocalc on all scans of a session","description":"Analyses the mammograms of a session","contexts":["xnat:imageSessionData"],"external-inputs":[{"name":"session","description":"The session","type":"Session","required":true,"provides-files-for-command-mount":"in","load-children":true}],"derived-inputs":[],"output-handlers":[{"name":"results","accepts-command-output":"results","as-a-child-of":"session","type":"Resource","label":"MAMMOCALC"}]}]}]'
ENTRYPOINT ["mammocalc"]
CMD ["job"]
