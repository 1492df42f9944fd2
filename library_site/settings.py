"""Settings: one file; what differs between installations comes from the environment (see .env.example)."""

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host
from django.utils.translation import gettext_lazy as _

from library_site.connecting import refuse_unknown, tuned
from library_site.installation import Environment, problem_of_env

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = Path(os.environ.get("ENV_FILE") or BASE_DIR / ".env")

if problem := problem_of_env(ENV_FILE):
    raise ImproperlyConfigured(problem)
env = Environment()
env.read_env(ENV_FILE)
env.ENVIRON = {name: value for name, value in os.environ.items() if value}  # empty means: the default
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data")))

# --- what must never be left to chance ---------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])
SITE_URL = env.address("SITE_URL", default="http://127.0.0.1:8000")
OPENLIBRARY_URL = env.address("OPENLIBRARY_URL", default="https://openlibrary.org")
OPENLIBRARY_COVERS_URL = env.address("OPENLIBRARY_COVERS_URL", default="https://covers.openlibrary.org")
OPENLIBRARY_CONTACT = env.str("OPENLIBRARY_CONTACT", default="")
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", default=2)
if not DEBUG and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing, shorter than 50 characters or no random one. Put into .env what this prints: "
        'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
    )
SECRET_KEY = SECRET_KEY.ljust(50, "-")
if not DEBUG and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        'ALLOWED_HOSTS must name the hosts of this site, for example "library.example.org", never "*".'
    )
if urlsplit(SITE_URL).path:
    raise ImproperlyConfigured("SITE_URL must end with the host or the port: the site does not run below a path.")
if not validate_host(urlsplit(SITE_URL).hostname or "", ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        f"ALLOWED_HOSTS must name {urlsplit(SITE_URL).hostname} too, the host of SITE_URL: links in e-mails lead there."
    )
if DEBUG and SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("DEBUG=true shows everything to whoever causes a fault: never on an https:// address.")
if TRUSTED_PROXY_COUNT < 0:
    raise ImproperlyConfigured("TRUSTED_PROXY_COUNT must be 0 or the number of your own proxies.")
if SITE_URL.startswith("https://") and not TRUSTED_PROXY_COUNT:
    # The site itself speaks plain http: unknown to it, the proxy's visitors would be sent to https for ever.
    raise ImproperlyConfigured("SITE_URL is https://: set TRUSTED_PROXY_COUNT to the number of your own proxies.")
if WEB_CONCURRENCY < 1:
    raise ImproperlyConfigured("WEB_CONCURRENCY must be 1 or more.")

# --- the parts ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "library_site.apps.LibraryAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "lucide",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    "catalog",
    "circulation",
    "library_site",
]
MIDDLEWARE = [
    "library_site.middleware.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "library_site.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "library_site.middleware.probes.ProbesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "library_site.middleware.api.ApiMiddleware",
    "library_site.middleware.body_size.BodySizeMiddleware",
    "library_site.middleware.unavailable.DatabaseUnavailableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "library_site.middleware.library.LibraryMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "library_site.middleware.body_size.StaffUploadMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "library_site.middleware.sign_in_ends.SignInEndsMiddleware",
    "library_site.middleware.first_password.FirstPasswordMiddleware",
    "library_site.middleware.second_factor.SecondFactorMiddleware",
    "library_site.middleware.confirmation.ConfirmationMiddleware",
    "library_site.middleware.refusals.RefusalMiddleware",
    "library_site.middleware.merged.MergedMiddleware",
]
ROOT_URLCONF = "library_site.urls"
WSGI_APPLICATION = "library_site.wsgi.application"
FORM_RENDERER = "library_site.renderers.LibraryFormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "library_site.context_processors.library",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lucide.templatetags.lucide",
                "library_site.templatetags.library",
                "library_site.templatetags.books",
            ],
        },
    }
]

# --- database, cache, files --------------------------------------------------------------------
DATABASE = env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'library.db'}")
DATABASE_POOL = env.int("DATABASE_POOL", default=0)
PGBOUNCER = env.bool("PGBOUNCER", default=False)
refuse_unknown(DATABASE, bool(find_spec("psycopg")))
DATABASE = tuned(DATABASE, pool=DATABASE_POOL, behind_pgbouncer=PGBOUNCER)
DATABASES = {"default": DATABASE}
REPLICA_LAG_SECONDS = env.int("REPLICA_LAG_SECONDS", default=5)
if env.str("REPLICA_URL", default=""):
    replica = env.db_url("REPLICA_URL", default="")
    if {DATABASE["ENGINE"], replica["ENGINE"]} != {"django.db.backends.postgresql"}:
        raise ImproperlyConfigured("REPLICA_URL must be a copy of the PostgreSQL database that DATABASE_URL names.")
    DATABASES["replica"] = tuned(replica, pool=DATABASE_POOL, behind_pgbouncer=PGBOUNCER)
    DATABASE_ROUTERS = ["library_site.replica.ReplicaRouter"]
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware"),
        "library_site.replica.ReadYourWritesMiddleware",
    )
if min(DATABASE_POOL, REPLICA_LAG_SECONDS) < 0:
    raise ImproperlyConfigured("DATABASE_POOL and REPLICA_LAG_SECONDS must be 0 or more.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache_url("CACHE_URL", default="dbcache://openshelf_cache")}
CACHES["default"].setdefault("OPTIONS", {})
if CACHES["default"]["BACKEND"].endswith(("LocMemCache", "DummyCache", "FileBasedCache")):
    raise ImproperlyConfigured("CACHE_URL must name a cache that all processes share: limits and breakers live there.")
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    if not find_spec("redis"):
        raise ImproperlyConfigured(
            "CACHE_URL asks for Redis, whose client is missing: "
            "pip install --require-hashes -r requirements-postgres.txt"
        )
    CACHES["default"]["BACKEND"] = "library_site.caches.RedisElseDatabase"
    CACHES["default"]["OPTIONS"] |= {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}
    CACHES["database"] = {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "openshelf_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }  # fmt: skip
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
if CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
    CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] = 20_000
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(DATA_DIR / "media"))
COVERS_SENT_BY_PROXY = env.bool("COVERS_SENT_BY_PROXY", default=False)
BACKUP_ROOT = env.str("BACKUP_ROOT", default=str(DATA_DIR / "backups"))
BACKUP_KEY = env.secret("BACKUP_KEY")
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name no others
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- people --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.adapter.SignIns"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "accounts.passwords.DressedUpPasswordValidator"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "library_site:after_sign_in"
ACCOUNT_LOGOUT_REDIRECT_URL = "library_site:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}  # a member's username is the card number
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_FORMS = {"login": "accounts.forms.signing_in.SignInForm"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds in which a person need not say again that it is they
MFA_ADAPTER = "accounts.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.forms.second_factor.CodeForm",
    "reauthenticate": "accounts.forms.second_factor.CodeAgainForm",
    "activate_totp": "accounts.forms.second_factor.FirstCodeForm",
    "add_webauthn": "accounts.forms.second_factor.PasskeyForm",
    "edit_webauthn": "accounts.forms.second_factor.PasskeyNameForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up here: whose address it is the desk knows
MFA_TOTP_TOLERANCE = 2  # steps of half a minute: a phone's clock may be a minute off
MFA_RECOVERY_CODES_SHOW_ONCE = True
ACCOUNT_SESSION_REMEMBER = True  # of staff only until the browser is closed: see library_site.middleware.sign_in_ends
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
# What failed at one address is counted apart: allauth forgets "login_failed" after a code that fits, or a new password.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/5m/key", "failed_at_address": "20/h/ip", "login": "60/m/ip", "set_up": "10/5m/ip",
}  # fmt: skip
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds; somebody waits for the page
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"library@{urlsplit(SITE_URL).hostname}")
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", default=12)
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=60)
SESSION_COOKIE_AGE = env.int("MEMBER_IDLE_DAYS", default=14) * 24 * 3600  # without a visit
if min(STAFF_SESSION_HOURS, STAFF_IDLE_MINUTES, SESSION_COOKIE_AGE) < 1:
    raise ImproperlyConfigured("STAFF_SESSION_HOURS, STAFF_IDLE_MINUTES and MEMBER_IDLE_DAYS must be 1 or more.")
# In the session, not in a cookie: pages vary by cookie, and "back" must show the form as it was, key and all.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- other programs ----------------------------------------------------------------------------------
API_RATE = env.int("API_RATE", default=600)  # requests a minute, of one token
API_RATE_ANONYMOUS = env.int("API_RATE_ANONYMOUS", default=120)  # of one address without a token
API_CORS_ORIGINS = env.list("API_CORS_ORIGINS", default=[])
API_SIGN_IN_HOURS = env.int("API_SIGN_IN_HOURS", default=12)
if min(API_RATE, API_RATE_ANONYMOUS, API_SIGN_IN_HOURS) < 1:
    raise ImproperlyConfigured("API_RATE, API_RATE_ANONYMOUS and API_SIGN_IN_HOURS must be 1 or more.")
if any(not origin.startswith(("https://", "http://")) or origin.count("/") > 2 for origin in API_CORS_ORIGINS):
    raise ImproperlyConfigured('API_CORS_ORIGINS lists origins like "https://kiosk.example.org", never "*" or a path.')
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.AsDeclared"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.parsing.StrictJsonParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.OperationSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "accounts.api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
    "COMPACT_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Openshelf API",
    "VERSION": "1",
    "DESCRIPTION": "The library for other programs. See docs/api.md.",
    "SERVE_INCLUDE_SCHEMA": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False, "validatorUrl": None},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "APPEND_COMPONENTS": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "POSTPROCESSING_HOOKS": [
        f"accounts.api.schema.{name}" for name in ("close_bodies", "describe_selections", "drop_own_marks")
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# --- language and time; the library's own choice is applied to each request -------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["library_site.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- the network -----------------------------------------------------------------------------------
WEBHOOK_NETWORKS = env.networks("WEBHOOK_NETWORKS")  # inside of which webhooks may be, beside the whole internet
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "library_site.views.errors.stale_form"
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if SITE_URL.startswith("https://"):
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked on this machine, past the proxy
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_WHOLE_DOMAIN", default=False)

# --- what watches over the site ----------------------------------------------------------------------
METRICS_TOKEN = env.secret("METRICS_TOKEN")
METRICS_ALLOW = env.networks("METRICS_ALLOW")
LOG_FORMAT = env.one_of("LOG_FORMAT", ("line", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "library_site.logs.JsonLines"},
    },
    "filters": {"refusals": {"()": "library_site.logs.OneLineRefusals"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["refusals"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "library_site.middleware.requests": {"level": "INFO"},
    },
}
