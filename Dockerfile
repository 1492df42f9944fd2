# One image for every part: the whole small library (no command), or web, worker and single tasks (docker-compose.yml).
ARG PYTHON=3.13
# Those of the site, and those in which names of languages and months are read from files.
ARG LANGUAGES="en de"
ARG READ="en de fr es it nl pt"

FROM python:${PYTHON}-slim-trixie AS packages
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core postgresql-client-17
COPY requirements.txt requirements-postgres.txt ./
RUN python -m venv --without-pip /venv && \
    pip --python /venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements.txt -r requirements-postgres.txt && \
    pip --python /venv/bin/python uninstall --yes pytest pytest-django factory-boy faker pluggy iniconfig pygments
# Texts, names and formats of languages that the site does not speak: fifty megabytes. Pictures in a format it refuses.
ARG LANGUAGES
ARG READ
RUN spoken=$(for each in $LANGUAGES; do printf '%s(_.*)?|' "$each"; done) && cd /venv/lib/python3*/site-packages && \
    find babel/locale-data -name '*.dat' | grep -vE "/(${spoken}root|$(echo $READ | tr ' ' '|'))\.dat$" | xargs rm && \
    find . -path '*/locale/*' -name '*.mo' | grep -vE "/locale/(${spoken%|})/" | xargs rm && find . -name '*.po' -delete && \
    rm -f PIL/_avif.* pillow.libs/libavif-*

FROM python:${PYTHON}-slim-trixie AS site
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
RUN ENV_FILE=/dev/null SECRET_KEY=only-while-the-image-is-built-0123456789-abcdefghijklmnop \
    ALLOWED_HOSTS=localhost,127.0.0.1 /venv/bin/python manage.py collectstatic --noinput -v 0 && \
    /venv/bin/python -m compileall -q /app && \
    pip --python /venv/bin/python uninstall --yes brotli && cd /venv/lib/python3*/site-packages && \
    rm -r django/contrib/admin/static rest_framework/static drf_spectacular_sidecar/static && \
    rm -r /app/staticfiles/drf_spectacular_sidecar/redoc && find /app/staticfiles -name '*.map*' -delete

FROM python:${PYTHON}-slim-trixie
# What backups of PostgreSQL call, without the Perl that its package brings along.
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 liblz4-1 libzstd1 libreadline8t64 && \
    rm -rf /var/lib/apt/lists/* /var/cache/debconf/* /var/cache/ldconfig/* /var/log/* /var/lib/dpkg/*-old
COPY --from=packages /usr/lib/postgresql/17/bin/pg_dump /usr/lib/postgresql/17/bin/pg_restore \
    /usr/lib/postgresql/17/bin/psql /usr/lib/postgresql/17/bin/
RUN useradd --create-home --uid 10001 openshelf && \
    install -d -o openshelf /data /data/media /public /secrets /secrets/site /secrets/database /secrets/cache
COPY --from=packages /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf /usr/share/fonts/truetype/dejavu/
COPY --from=site /venv /venv
COPY --from=site /app /app
WORKDIR /app
# Python writes down what it compiled of all that our modules import, and of what is found by its name while the site runs,
# but of nothing else: later nothing can be written here, and each start would do it again.
RUN ENV_FILE=/dev/null SECRET_KEY=only-while-the-image-is-built-0123456789-abcdefghijklmnop \
    ALLOWED_HOSTS=localhost,127.0.0.1 /venv/bin/python -m library_site.every_module && \
    cd /venv/lib/python3*/site-packages && /venv/bin/python -m compileall -q -x '/(gis|test|admindocs|flatpages|redirects)/' \
    django allauth/account allauth/mfa allauth/templatetags PIL
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WEB_PRELOAD=true DATA_DIR=/data ENV_FILE=/data/.env
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=180s --start-interval=1s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["sh", "-c", "python -m library_site.installation /data/.env SITE_URL=http://localhost:8000 && exec python manage.py serve --host 0.0.0.0 --demo ${DEMO:-yes}"]
