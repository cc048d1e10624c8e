"""All settings, from the environment only; docs/operations.md lists the variables."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from zongzhi import __version__

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

env = environ.Env()
DEBUG = env.bool("DEBUG", default=False)


def secret(name: str, *, development: str) -> str:
    """Read a variable that production must set and development may leave out."""
    value = env.str(name, default="")
    if not value and not DEBUG:
        raise ImproperlyConfigured(f"Set {name}: only with DEBUG=1 does zongzhi start without it.")
    return value or development


# --- Secrets and addresses ------------------------------------------------------------------------

SECRET_KEY = secret("SECRET_KEY", development="development-only-" + "k" * 40)

# Base64 of 32 bytes: encrypts identity numbers and phones, and keys their search hashes. Losing it
# loses the data, so it is a secret of its own: SECRET_KEY can be changed at any time.
FIELD_KEY = secret("FIELD_KEY", development="ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMzJieXQ=")

DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="Zongzhi@2026")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if not ALLOWED_HOSTS and not DEBUG:
    raise ImproperlyConfigured(
        "Set ALLOWED_HOSTS, for example ALLOWED_HOSTS=zongzhi.example.gov.cn."
    )

CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Only behind a proxy that overwrites X-Real-IP and X-Forwarded-Proto (deploy/nginx.conf does):
# anyone else's headers would let a client choose its own address.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Networks that may read /metrics, besides this machine itself.
METRICS_FROM = env.list("METRICS_FROM", default=[])

# --- Database -------------------------------------------------------------------------------------


# Our queries name what is read first and then look words up: weighing every other order takes
# longer than the query does, and so would compiling it. What is prepared is asked by key: one plan
# is as good for one key as for another.
PLANNER = "-c join_collapse_limit=4 -c jit=off -c plan_cache_mode=force_generic_plan"


def database(url: str) -> dict[str, Any]:
    """Turn a URL into Django's terms; a Unix socket's folder is the host, %2F for each slash."""
    config = dict(environ.Env.db_url_config(url))
    config["HOST"] = unquote(config["HOST"])
    config["OPTIONS"] = {"options": PLANNER, **config.get("OPTIONS", {})}
    return config | {
        "ENGINE": "zongzhi.lib.postgres",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


def database_url() -> str:
    """Choose the account for this process.

    One role owns the tables and migrates; the application's own role may only INSERT into and
    SELECT from history, so that no bug and no SQL through it can rewrite the past. Only the
    commands that build or restore the tables use the owner.
    """
    url = secret("DATABASE_URL", development="postgresql:///zongzhi")
    if sys.argv[1:2] and sys.argv[1] in {"migrate", "setup", "restore"}:
        return str(env.str("MIGRATE_DATABASE_URL", default=url))
    return url


DATABASES = {"default": database(database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "zongzhi.site.Config",
    "django.contrib.postgres",
    "django.forms",  # so that fields are drawn from templates/
    "django_htmx",
    "django_fsm",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "django_prometheus",
    "orgs",
    "grids",
    "cases",
    "dispatch",
    "mediation",
    "reports",
    "zongzhi.demo",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zongzhi.lib.http.NoNul",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "orgs.middleware.IdleSession",
    "orgs.middleware.SignedOutMeanwhile",
    "orgs.middleware.CountsTogether",
    "orgs.middleware.FirstThings",
    "zongzhi.lib.http.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "zongzhi.urls"
WSGI_APPLICATION = "zongzhi.wsgi.application"

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
                "reports.context.frame",
            ],
        },
    },
]

FORM_RENDERER = "zongzhi.lib.rendering.FormRenderer"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- People: sign-in, sessions, cookies -----------------------------------------------------------

AUTH_USER_MODEL = "orgs.User"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "orgs.signin.AccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "orgs.passwords.FourKinds"}]

# By name alone: at a window many people share one address, and an attacker has many.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = (
    False  # the promise is 30 minutes, not "until quiet"
)
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # the security administrator unlocks people on a page of ours

HTTPS = env.bool("HTTPS", default=not DEBUG)
# In the database, not in Redis: people keep working while Redis is down.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 1800
# Administrators sign in with a code from their telephone as well; a rehearsal need not.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=not DEBUG)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "orgs.views.signing.csrf_failed"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Nothing that a request needs lives in a shared cache, for the same reason as the sessions.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What all processes should say alike, with Redis or without: dear numbers and their moment.
    "shared": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "reports_remembered",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# --- API ------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["orgs.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "zongzhi.lib.openapi.Schema",
    "EXCEPTION_HANDLER": "zongzhi.lib.api.exception_handler",
    "PAGE_SIZE": 25,
}
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # a name is locked from every address, so changing addresses helps nobody
    "rest_framework.W001",  # lists name their own cursor: there is no default
]

SPECTACULAR_SETTINGS = {
    "ENUM_NAME_OVERRIDES": {
        "StageEnum": "cases.vocabulary.Stage",
        "EventStageEnum": "grids.vocabulary.EventStage",
    },
    "TITLE": "综治中心业务系统接口",
    "VERSION": __version__,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Celery ---------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

CELERY_BROKER_URL = REDIS_URL
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Below the visibility timeout: a task that still runs is never handed out a second time.
CELERY_TASK_TIME_LIMIT = 540
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = TIME_ZONE
# A task is only the hurry, its row is the promise: a request must not wait for a dead broker.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # the worker waits for Redis however long it is away
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-clocks": {"task": "dispatch.tasks.sweep_clocks", "schedule": crontab(minute="*/10")},
    "sweep-mediations": {
        "task": "mediation.tasks.sweep_mediations",
        "schedule": crontab(minute="3-59/10"),
    },
    "sweep-events": {
        "task": "grids.tasks.sweep_events",
        "schedule": crontab(minute="6-59/10"),
    },
    "run-bulk-imports": {
        "task": "grids.tasks.run_bulk_imports",
        "schedule": crontab(minute="*"),
        "options": {"expires": 50},
    },
    "remind-of-inspections": {
        "task": "grids.tasks.remind_of_inspections",
        "schedule": crontab(hour="16,17", minute="20"),
    },
    "learn-routing": {
        "task": "dispatch.tasks.learn_routing",
        "schedule": crontab(hour="3", minute="40"),
    },
    "draft-circulars": {
        "task": "dispatch.tasks.draft_circulars",
        "schedule": crontab(hour="8-18", minute="45"),
    },
    "draft-bulletins": {
        "task": "reports.tasks.draft_bulletins",
        "schedule": crontab(hour="5-12", minute="25"),
    },
    "recount-walls": {
        "task": "reports.tasks.recount_walls",
        "schedule": crontab(minute="*"),
        "options": {"expires": 50},
    },
    "recount-boards": {
        "task": "reports.tasks.recount_boards",
        "schedule": crontab(minute="*"),
        "options": {"expires": 50},
    },
    "draft-briefs": {
        "task": "reports.tasks.draft_briefs",
        "schedule": crontab(hour="5-18", minute="35"),
    },
    "recalculate-clocks": {
        "task": "cases.tasks.recalculate_clocks",
        "schedule": crontab(minute="5-59/10"),
    },
    "send-messages": {"task": "orgs.tasks.send_messages", "schedule": crontab(minute="*")},
    "forget-answers": {
        "task": "orgs.tasks.forget_answers",
        "schedule": crontab(hour="3", minute="0"),
    },
    "forget-deliveries": {
        "task": "orgs.tasks.forget_deliveries",
        "schedule": crontab(hour="3", minute="30"),
    },
    "forget-sessions": {
        "task": "orgs.tasks.forget_sessions",
        "schedule": crontab(hour="3", minute="10"),
    },
    "chase-compulsory-reports": {
        "task": "cases.tasks.chase_compulsory_reports",
        "schedule": crontab(minute="*/5"),
    },
    "clear-drafts": {
        "task": "cases.tasks.clear_drafts",
        "schedule": crontab(hour="3", minute="20"),
    },
    "anchor-history": {
        "task": "cases.tasks.anchor_history",
        "schedule": crontab(hour="2", minute="0"),
    },
}

# --- Messages that leave the house (docs/channels.md) ---------------------------------------------

# Empty: that channel is off, and 消息通道 says so.
EMAIL_URL = env.str("EMAIL_URL", default="")
EMAIL_TIMEOUT = 10
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="zongzhi@localhost")

SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_KEY = env.str("SMS_GATEWAY_KEY", default="")
if SMS_GATEWAY_URL and not SMS_GATEWAY_KEY:
    raise ImproperlyConfigured("Set SMS_GATEWAY_KEY: messages to the gateway are signed with it.")

# Where citizens reach the page behind the slip, for a link in a message; empty: no link is sent.
PUBLIC_ADDRESS = env.str("PUBLIC_ADDRESS", default="").rstrip("/")

# --- Files ----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "zongzhi.lib.storage.StaticStorage",
    },
}
# With DEBUG gunicorn serves the files as they are, and nothing has to be collected first.
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "zongzhi.lib.uploads.BoundedUploadHandler",
]

# Outside every folder that is served: a view hands each attachment out, after asking who may.
ATTACHMENT_ROOT = Path(env.str("ATTACHMENT_ROOT", default=str(VAR / "attachments")))

# The nightly digest of all histories: outside the database, so that it outlives a forged one. Best
# on another machine's disk: whoever shortens the history must not reach its anchors as well.
ANCHOR_FILE = Path(env.str("ANCHOR_FILE", default=str(VAR / "history-anchors.jsonl")))

# --- The citizen's page on the internet -----------------------------------------------------------

# Seals the files that go out to the front end and come back; empty where there is none.
FRONT_KEY = env.str("FRONT_KEY", default="")

# --- Logging --------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{message}",
            "style": "{",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
    },
    "filters": {"number": {"()": "zongzhi.lib.logs.WithNumber"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain" if DEBUG else "json",
            "filters": ["number"],
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING" if DEBUG else "INFO"},
    # Django hangs a mail handler here by default: one stream for everything instead.
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
