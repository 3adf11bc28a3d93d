"""Django's settings, from the environment (see `config.environment` for every name)."""

from pathlib import Path

import dj_database_url

from jobtwin.config.embedded import APP_ROLE, OWNER_ROLE, EmbeddedServer
from jobtwin.config.environment import read_environment
from jobtwin.config.mail import TIMEOUT_SECONDS
from jobtwin.config.social import form_targets, social_providers
from jobtwin.telemetry.logs import logging_settings

JOBTWIN = read_environment()

SECRET_KEY = JOBTWIN.secret_key
DEBUG = False
ALLOWED_HOSTS = [JOBTWIN.origin.split("://", 1)[1].split(":")[0].split("/")[0]]
if not JOBTWIN.production:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [JOBTWIN.origin]

_embedded = EmbeddedServer(JOBTWIN.database_folder)
DATABASES = {
    "default": dj_database_url.parse(
        JOBTWIN.database_url or _embedded.url(APP_ROLE), conn_max_age=60, conn_health_checks=True
    ),
    "owner": dj_database_url.parse(JOBTWIN.owner_database_url or _embedded.url(OWNER_ROLE)),
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "jobtwin.store",
    "jobtwin.jobs",
    "jobtwin.web",
]

MIDDLEWARE = [
    "jobtwin.web.middleware.telemetry.Telemetry",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jobtwin.web.middleware.headers.SecurityHeaders",
    "jobtwin.web.middleware.health.Health",
    "jobtwin.web.middleware.problems.ApiProblems",
    "jobtwin.web.middleware.clock.RequestClock",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "jobtwin.web.middleware.language.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jobtwin.web.middleware.errors.ErrorPages",
]

ROOT_URLCONF = "jobtwin.config.urls"
WSGI_APPLICATION = "jobtwin.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent.parent / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jobtwin.web.context.page_context",
            ],
        },
    },
]

AUTH_USER_MODEL = "store.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FORM_CLASS = "jobtwin.web.forms.NameForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if JOBTWIN.production else "optional"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that signed up, and back to where it came from
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Job Twin: "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ALLAUTH_TRUSTED_PROXY_COUNT = JOBTWIN.sign_in.proxies
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "jobtwin.web.arrival.Arrival"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if JOBTWIN.mail else 'console'}.EmailBackend"
if JOBTWIN.mail:
    EMAIL_HOST, EMAIL_PORT = JOBTWIN.mail.host, JOBTWIN.mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = JOBTWIN.mail.user, JOBTWIN.mail.password
    EMAIL_USE_SSL = JOBTWIN.mail.tls_from_start
    EMAIL_USE_TLS = not (JOBTWIN.mail.tls_from_start or JOBTWIN.mail.plain)
    EMAIL_TIMEOUT = TIMEOUT_SECONDS
    DEFAULT_FROM_EMAIL = SERVER_EMAIL = JOBTWIN.mail.sender

MFA_ADAPTER = "jobtwin.web.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Job Twin"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not JOBTWIN.production

# Nobody is signed in to an account merely because a provider names its address.
SOCIALACCOUNT_ADAPTER = "jobtwin.web.social.SocialSignIn"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = social_providers(JOBTWIN.sign_in)
FORM_TARGETS = form_targets(JOBTWIN.sign_in)

# Rate limits count here, so that every process and machine counts together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "store_cache"}}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [Path(__file__).parent.parent / "web" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
} | ({"artefacts": dict(JOBTWIN.bucket)} if JOBTWIN.bucket else {})
STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent.parent / "web" / "static"]
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = JOBTWIN.origin.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if JOBTWIN.production else None
SECURE_HSTS_SECONDS = 31_536_000 if JOBTWIN.production else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = ["jobtwin.web.uploads.BoundedUpload"]

# Procrastinate reads its tasks from jobs/tasks.py, and a stalled worker's jobs move after these seconds.
PROCRASTINATE_WORKER_DEFAULTS = {"update_heartbeat_interval": 2.0, "stalled_worker_timeout": 6.0}

LOGGING = logging_settings(JOBTWIN.log_format, JOBTWIN.log_level)
