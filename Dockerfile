# Production image: web, worker, beat and migrate are the same image with another command (docker-compose.yml).
# Images are pinned by their exact version; who needs the same bytes for ever adds the digest that `docker pull` prints.
FROM python:3.11.14-slim-bookworm AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.txt /
RUN /venv/bin/pip install --require-hashes --requirement /requirements.txt
WORKDIR /app
COPY . .
# The build needs settings that load; nothing of them stays in the image.
RUN SECRET_KEY=only-for-the-build-of-static-files-000 BASE_URL=http://localhost \
    DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost BUILD_ROOT=/app/build STATIC_ROOT=/app/collected \
    sh -c '/venv/bin/python manage.py build_font && /venv/bin/python manage.py collectstatic --noinput --verbosity 0' \
    && /venv/bin/python -m compileall -q /app

# What backup and restore need of PostgreSQL, of the version of the server: Debian's own is older than that.
FROM postgres:18.6-bookworm AS postgres
RUN install -d /client/bin /client/lib && cp -L /usr/lib/*-linux-gnu/libpq.so.5 /client/lib/ \
    && cd /usr/lib/postgresql/18/bin && cp pg_dump pg_restore psql /client/bin/

FROM python:3.11.14-slim-bookworm
# libpq5 brings the libraries that the newer libpq of the client needs as well; the last line fails where one is missing.
COPY --from=postgres /client /usr/local
RUN apt-get update && apt-get install --yes --no-install-recommends libpq5 libreadline8 liblz4-1 libzstd1 \
    && rm -rf /var/lib/apt/lists/* && ldconfig \
    && pg_dump --version && pg_restore --version && psql --version
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin lpse && install -d -o lpse -g lpse -m 700 /data /data/media
COPY --from=builder /venv /venv
COPY --from=builder /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 LOG_FORMAT=json BUILD_ROOT=/app/build STATIC_ROOT=/app/collected MEDIA_ROOT=/data/media
USER lpse
VOLUME /data/media
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["python", "-m", "lpse_support.healthcheck"]
CMD ["gunicorn", "--config=python:lpse_support.gunicorn", "lpse_support.wsgi"]
