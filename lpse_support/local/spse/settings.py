"""Settings of the demo LPSE application: its own tables, cookies and people, on the PostgreSQL of LPSE Support."""

import os
from pathlib import Path

import environ
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lpse_support.local import servers
from lpse_support.local.preflight import LOCAL_DIR


def signing_key() -> str:
    """Return a new RSA key as PEM, with which the tokens are signed."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


SCHEMA = "aplikasi_lpse"
SECRET_KEY = servers.secret("spse-secret-key")
BASE_URL = os.environ["SPSE_URL"]
SUPPORT_URL = os.environ["BASE_URL"]
CLIENT_ID, CLIENT_SECRET = "lpse-support", servers.secret("spse-client-secret")
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "lpse_support.local.spse.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).with_name("templates")],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {
    "default": environ.Env().db_url("DATABASE_URL") | {"OPTIONS": {"options": f"-c search_path={SCHEMA}"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "people"
# Cookies know no ports: with the usual names, signing in here would sign out there.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "spse_sessionid", "spse_csrftoken"
IDP_OIDC_ADAPTER = "lpse_support.local.spse.people.PeopleOfTheDemo"
IDP_OIDC_PRIVATE_KEY = servers.secret("spse-signing-key", signing_key)
LANGUAGE_CODE = "id"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT") or str(LOCAL_DIR / "static")
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
