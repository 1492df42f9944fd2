# One container: the site and its worker on SQLite, with the library's data on the volume /data.
ARG PYTHON=3.13
FROM python:${PYTHON}-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:${PYTHON}-slim
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 openshelf && install -d -o openshelf /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data ENV_FILE=/data/.env
RUN ENV_FILE=/dev/null SECRET_KEY=only-while-the-image-is-built-0123456789-abcdefghijklmnop \
    ALLOWED_HOSTS=localhost,127.0.0.1 python manage.py collectstatic --noinput -v 0 && chown -R openshelf /app/staticfiles
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s \
    CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"
CMD ["sh", "-c", "python -m library_site.installation /data/.env SITE_URL=http://localhost:8000 && exec python manage.py serve --host 0.0.0.0 --demo ${DEMO:-yes}"]
