# One image for all: the command picks the service, `docker run closedloop run intake`.
FROM python:3.11.13-slim-bookworm

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PYTHONUNBUFFERED=1

WORKDIR /app
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

# Editable and without build isolation: data files, migrations and the topic table stay where the code looks for them,
# and nothing outside the lock is fetched.
COPY pyproject.toml ./
COPY services services
COPY demo demo
COPY deploy/kafka deploy/kafka
RUN pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q services demo

# A named volume takes its owner from what it is laid over.
RUN install -d -o 10001 -g 10001 /var/lib/closedloop/attachments /var/lib/closedloop/models /var/lib/closedloop/passwords \
    /var/lib/closedloop/registers

USER 10001:10001
EXPOSE 8101 8102 8103 8104
ENTRYPOINT ["closedloop"]
CMD ["--help"]
