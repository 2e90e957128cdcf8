"""The start: nonsense and what is unsafe with real data stop it with a sentence that says which and why."""

import os
import runpy
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured

from lpse_support.environment import env

GOOD = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "BASE_URL": "https://lpse-support.kantor.invalid",
    "ALLOWED_HOSTS": "lpse-support.kantor.invalid",
    "DATABASE_URL": "postgres://lpse:Zx81kQ0pLm@postgres:5432/lpse",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_URL": "smtp+tls://lpse:kunci@surel.invalid:587",
    "DEMO_MODE": "no",
    "TWO_FACTORS": "yes",
}


@pytest.fixture
def start(monkeypatch: Any, tmp_path: Path) -> Any:
    """Read the settings anew, in an environment with these values and no others."""

    def read(**values: str) -> dict[str, Any]:
        for name in list(os.environ):
            monkeypatch.delenv(name)
        for name, value in (GOOD | {"MEDIA_ROOT": str(tmp_path / "media")} | values).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(env.ENVIRON, "files_cache", {})
        return runpy.run_path(str(project.BASE_DIR / "lpse_support/settings.py"))

    return read


def test_good_settings_start_and_are_those_of_production(start: Any) -> None:
    found = start()

    assert found["SECURE_SSL_REDIRECT"]
    assert found["SESSION_COOKIE_SECURE"]
    names = (found[name] for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "THEME_COOKIE_NAME"))
    assert all(name.startswith("__Host-") for name in names)
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert not found["DEBUG"]
    assert found["EMAIL_HOST"] == "surel.invalid"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        # nonsense, anywhere
        ("SECRET_KEY", "", "Set SECRET_KEY: a long random text"),
        ("SECRET_KEY", "x" * 31, "SECRET_KEY is too short"),
        ("BASE_URL", "lpse.example", "BASE_URL must start with one of http, https://"),
        ("DATABASE_URL", "mysql://x@y/z", "DATABASE_URL must start with one of postgres"),
        ("REDIS_URL", "", "Set REDIS_URL"),
        ("DEMO_MODE", "maybe", "DEMO_MODE is 'maybe': say yes or no"),
        ("UPLOAD_FILE_MB", "50.5", "UPLOAD_FILE_MB is '50.5': give a whole number from 1 to 1024"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is 'xml': say json or line"),
        ("CLAMD_ADDRESS", "clamd", "CLAMD_ADDRESS is 'clamd'"),
        ("OIDC_PROVIDERS", "[", "OIDC_PROVIDERS is no JSON"),
        ("METRICS_TOKEN", "pendek", "METRICS_TOKEN is too short"),
        # unsafe, where others can reach it
        ("BASE_URL", "http://lpse-support.kantor.invalid", "BASE_URL must start with https"),
        ("DEMO_MODE", "yes", "DEMO_MODE shows accounts"),
        ("ALLOWED_HOSTS", "lpse.example,*", "ALLOWED_HOSTS must name the hosts"),
        ("SECRET_KEY", "ab" * 40, "SECRET_KEY can be guessed"),
        ("SECRET_KEY", "Change-me-please-0123456789-abcdefghijkl", "SECRET_KEY can be guessed"),
        ("DATABASE_URL", "postgres://lpse@postgres/lpse", "DATABASE_URL has no password"),
        ("DATABASE_URL", "postgres://lpse:lpse@postgres/lpse", "DATABASE_URL has no password, or one"),
        ("DATABASE_URL", "postgres://helpdesk:Helpdesk@10.0.0.5/lpse", "DATABASE_URL has no password, or one"),
        ("EMAIL_URL", "", "Set EMAIL_URL"),
        ("MEDIA_ROOT", "/etc/hostname/media", "MEDIA_ROOT /etc/hostname/media cannot be written"),
    ],
)
def test_the_start_is_refused_with_a_sentence(start: Any, name: str, value: str, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        start(**{name: value})

    assert sentence in str(refusal.value)
    assert "Zx81kQ0pLm" not in str(refusal.value)


@pytest.mark.parametrize("base", ["http://localhost:8000", "http://127.0.0.1:8000", "http://lpse.localhost"])
def test_on_this_machine_alone_a_demo_may_be_open(start: Any, base: str) -> None:
    found = start(BASE_URL=base, DEMO_MODE="yes", EMAIL_URL="", ALLOWED_HOSTS="*", SECRET_KEY="x" * 40)

    assert found["DEMO_MODE"]


def test_a_database_on_this_machine_needs_no_password(start: Any) -> None:
    for address in ("postgres://lpse@localhost/lpse", "postgres:////var/run/postgresql/lpse"):
        assert start(DATABASE_URL=address)["DATABASES"]["default"]["NAME"] == "lpse"


def test_secrets_may_come_from_files(start: Any, tmp_path: Path) -> None:
    key, mail = tmp_path / "key", tmp_path / "mail"
    key.write_text(secrets.token_urlsafe(50) + "\n")
    mail.write_text("smtp://lain.invalid:25\n")

    found = start(SECRET_KEY="", SECRET_KEY_FILE=str(key), EMAIL_URL_FILE=str(mail))

    assert found["SECRET_KEY"] == key.read_text().strip()
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("lain.invalid", 25)


def test_a_file_that_is_not_there_is_named(start: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE cannot be read: .*: /run/secrets/nothing\."):
        start(SECRET_KEY_FILE="/run/secrets/nothing")


def test_the_web_process_ends_with_the_sentence() -> None:
    command = [sys.executable, "-m", "gunicorn", "--config=python:lpse_support.gunicorn", "lpse_support.wsgi"]
    environment = {**os.environ, **GOOD, "DEMO_MODE": "yes"}

    done = subprocess.run(command, env=environment, cwd=project.BASE_DIR, capture_output=True, check=False, timeout=30)

    assert done.returncode != 0
    assert b"DEMO_MODE shows accounts with a known password" in done.stderr
