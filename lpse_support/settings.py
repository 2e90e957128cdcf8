"""Settings: everything that differs between machines comes from the environment (table in README)."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from django_guid.integrations import CeleryIntegration

from lpse_support import logs, unsafe
from lpse_support.environment import applications, choice, env, number, required, switch, url

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"
# Demo mode shows demo accounts on the sign-in page. It must never meet real data.
DEMO_MODE = switch("DEMO_MODE", default=False)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")
SECRET_KEY = required("SECRET_KEY", "a long random text that signs sessions and forms.")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is too short: give at least 32 characters.")
# Earlier keys: what they signed holds until it ends by itself.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
BASE_URL = url("BASE_URL", "the address people type, for links in mail.", {"http", "https"})
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(BASE_URL).hostname])
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_guid",
    "django_htmx",
    "heroicons",
    "django_include_bootstrap",
    "template_partials",
    "core",
    "audit",
    "accounts",
    "notifications",
    "escalation",
    "tracking",
    "knowledge",
    "tickets",
    "consultations",
    "callcenter",
    "complaints",
    "privacy",
    "lpse_support",
]
MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "lpse_support.middleware.ObserveRequests",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.ForbidFeatures",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.RefuseBadRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.KeepNothing",
    "accounts.entering.EndLongSessions",
    "audit.middleware.RecordRefusals",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.two_factors.LeadToSetUp",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.AnswerConflicts",
]
ROOT_URLCONF = "lpse_support.urls"
WSGI_APPLICATION = "lpse_support.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.look",
                "accounts.context_processors.office",
                "notifications.context_processors.unread",
                "tickets.context_processors.desks",
            ],
            "builtins": ["core.templatetags.desk", "heroicons.templatetags.heroicons"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# PostgreSQL is the only place where work exists. A lock is waited for two seconds, never for ever.
DATABASES = {
    "default": env.db_url_config(url("DATABASE_URL", "the address of PostgreSQL.", {"postgres", "postgresql"}))
    | {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "options": "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=60s "
            "-c pg_trgm.word_similarity_threshold=0.5",  # a search finds Bagus for Bagas
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits live in the cache: in the database they survive a dead Valkey and are shared by all web processes.
# Each is a row or two, and what is too many is dropped at random: Django's 300 would last a busy office for minutes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
REDIS_URL = url("REDIS_URL", "the address of Redis or Valkey.", {"redis", "rediss"})

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
] + [{"NAME": "accounts.passwords.OfficePolicy"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody has strangers written to, and letters need an account to belong to
ACCOUNT_RATE_LIMITS = {
    # Wrong passwords: for one name from one address, of one address; for one name from all (why: docs/security.md).
    "login_failed": "5/15m/key,30/15m/ip",
    "login_failed_anywhere": "100/d/key",
    "reset_password": "20/m/ip,5/m/key",  # nosec B105 # a rate
    # Following a case without an account: every try of an address; failed tries for a case, of one address and of all;
    # codes mailed for a case.
    "track": "10/m/ip",
    "track_case": "5/15m/key",
    "track_case_anywhere": "1000/d/key",
    "one_time_code": "3/15m/key",
    "complaint": "5/h/ip",
    "complaint_to": "3/h/key",  # so that nobody has strangers written to
    "email_code": "5/h/key",  # codes mailed to new addresses of one account
    "request_form": "10/h/ip",  # the form that visitors fill in on a phone
}
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "LPSE Support: "
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.ResetPasswordForm",  # nosec B105 # the name of a form
    "reset_password_from_key": "accounts.forms.NewPasswordForm",  # nosec B105 # the name of a form
    "change_password": "accounts.forms.ChangePasswordForm",  # nosec B105 # the name of a form
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}

# Whether duties at LKPP and operators work with a second factor only; everybody else may have one.
TWO_FACTORS = switch("TWO_FACTORS", default=not DEMO_MODE)
MFA_ADAPTER = "accounts.two_factors.TwoFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code holds 30 seconds longer: people type slowly, and clocks differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are the operator's or SPSE's to verify
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.ActivateAppForm",
    "add_webauthn": "accounts.forms.AddKeyForm",
    "authenticate_webauthn": "accounts.forms.SecondFactorByKeyForm",
    "login_webauthn": "accounts.forms.EnterByKeyForm",
    "reauthenticate_webauthn": "accounts.forms.KeyAgainForm",
}

# The LPSE applications that hand people over (R08, R09), as a JSON list; README says what an entry holds.
OIDC_PROVIDERS = applications("OIDC_PROVIDERS", https=HTTPS)
OIDC_MAPPING = {entry["id"]: entry for entry in OIDC_PROVIDERS}
SOCIALACCOUNT_ADAPTER = "accounts.spse.SpseAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": entry["id"],
                "name": entry["name"],
                "client_id": entry["client_id"],
                "secret": entry["secret"],
                "settings": {"server_url": entry["server"]},
            }
            for entry in OIDC_PROVIDERS
        ],
    }
}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

MESSAGE_TAGS = {message_levels.SUCCESS: "good", message_levels.WARNING: "warn", message_levels.ERROR: "bad"}
# How many proxies of ours stand in front: only that many entries of X-Forwarded-For are believed.
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXIES", 0, 0, 5)

SESSION_COOKIE_AGE = 12 * 3600  # without anything written to it, and at most
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # scripts find the token in the page
if HTTPS:  # the names by which browsers accept them from this very host only
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, THEME_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken", "__Host-theme"
else:
    THEME_COOKIE_NAME = "theme"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sehat/", r"^metrik/?$"]  # asked for from inside, by plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "lpse_support.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws its icons as data addresses
        "object-src": [NONE],
        "base-uri": [NONE],
        # Browsers ask it of the redirects of a form too: connecting an account leads to the LPSE application.
        "form-action": [SELF, *("://".join(urlsplit(entry["server"])[:2]) for entry in OIDC_PROVIDERS)],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Bahasa Indonesia"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"  # WIB, the zone of LKPP
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(LOCAL_DIR / "static")))
BUILD_ROOT = Path(env.str("BUILD_ROOT", default=str(LOCAL_DIR / "build")))  # the font subset, made by build_font
STATICFILES_DIRS = [BASE_DIR / "static", BUILD_ROOT]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(LOCAL_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Pages name hashed files only, and nobody downloads source maps in a hurry: a quarter of the time and space.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "webp", "woff2"]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "core.uploads.SpareTheWords"]

# Whether a tier may give a ticket back to the one below (A11); off unless the office decides otherwise.
TICKET_RETURN = switch("TICKET_RETURN", default=False)
# How long officers have to answer a Permintaan Konfirmasi of the Call Center, in minutes of office hours (R32).
CONFIRMATION_MINUTES = number("CONFIRMATION_MINUTES", 60, 1, 10_000)
# For how many years words and files are kept whole after the end; the office's archive schedule says. 0: for ever.
RETENTION_TICKETS_YEARS = number("RETENTION_TICKETS_YEARS", 0, 0, 100)
RETENTION_FILES_YEARS = number("RETENTION_FILES_YEARS", 0, 0, 100)
RETENTION_CALLS_YEARS = number("RETENTION_CALLS_YEARS", 0, 0, 100)  # of calls and of visits

MB = 1024 * 1024
UPLOAD_FILE_BYTES = number("UPLOAD_FILE_MB", 50, 1, 1024) * MB
UPLOAD_FILES_AT_ONCE = number("UPLOAD_FILES_AT_ONCE", 10, 1, 100)
UPLOAD_TICKET_BYTES = number("UPLOAD_TICKET_MB", 150, 1, 4096) * MB
# One POST may carry a ticket's whole allowance and its words; more is refused before it is read.
REQUEST_BYTES = UPLOAD_TICKET_BYTES + 5 * MB

# clamd judges attachments before anybody else may open them; without an address nothing is scanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")
if not re.fullmatch(r"|/.+|[^/\s]+:\d{1,5}", CLAMD_ADDRESS):
    raise ImproperlyConfigured(f"CLAMD_ADDRESS is {CLAMD_ADDRESS!r}: give host:port or the path of a socket.")

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = LOCAL_DIR / "mail"
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"LPSE Support <no-reply@{urlsplit(BASE_URL).hostname}>")

# How the log is written: line for people at a terminal, json for machines that gather it.
LOG_FORMAT = choice("LOG_FORMAT", "line", {"line", "json"})
LOGGING = logs.configuration(LOG_FORMAT)
# The id under which a request is found in the logs of proxy, web and worker, and on its error page.
DJANGO_GUID = {"GUID_HEADER_NAME": "X-Request-ID", "EXPOSE_HEADER": False, "INTEGRATIONS": [CeleryIntegration()]}

# Whoever reads the metrics brings this text; without one there are none.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN is too short: give at least 20 characters.")

# Where errors are sent (Sentry's protocol); without an address nothing of it is even imported.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
SENTRY_RELEASE = env.str("SENTRY_RELEASE", default="")
if SENTRY_DSN:
    from lpse_support import errors

    errors.send_to(SENTRY_DSN, environment=urlsplit(BASE_URL).hostname or "", release=SENTRY_RELEASE)

for reason in unsafe.reasons(globals()):
    raise ImproperlyConfigured(reason)
