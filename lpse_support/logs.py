"""What the log says: one line of JSON for each event in the container, without words by which anybody is known."""

import copy
import logging
import re
import traceback
from typing import Any

from pythonjsonlogger.json import JsonFormatter

FIELDS = ["levelname", "name", "message", "request_id"]
NUMBERS = {"view", "method", "status", "ms", "user"}  # of the line about a request, written by middleware.py
KEPT = {"time", "exc_info", *FIELDS, *NUMBERS}
ADDRESS = re.compile(r"[^\s'\"<>@]+@[^\s'\"<>@]+")
# Phone numbers, NPWP, NIK, NIP: they have nine digits or more. What the web server tells of a request: its path.
LONG_NUMBER, PATH, CALLER = re.compile(r"\+?\d[\d.-]{7,}\d"), re.compile(r"/\S*"), re.compile(r"ip=\S+")


class Discreet(JsonFormatter):
    """Keeps the fields it knows and drops what errors say: databases and mail servers quote what people wrote."""

    def __init__(self) -> None:
        super().__init__(FIELDS, timestamp="time")

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        record.exc_text, record.args = None, without_errors(record)
        if hasattr(record, "request"):  # Django names the path of what it refuses, which may hold a code
            record.msg, record.args = "%s %s", (getattr(record, "status_code", ""), view_of(record.request))
        return super().format(record)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        words = LONG_NUMBER.sub("…", ADDRESS.sub("…", log_data["message"]))
        if log_data["name"].startswith("gunicorn") and log_data["levelname"] not in {"INFO", "DEBUG"}:
            words = PATH.sub("/…", CALLER.sub("ip=…", words))
        return {name: value for name, value in log_data.items() if name in KEPT} | {"message": words}

    def formatException(self, ei: Any) -> str:
        """Return where it happened and what kind of error it is, of each error in the chain, the last one first."""
        lines, error = [], ei[1]
        while error:
            lines += [*traceback.format_tb(error.__traceback__), f"{kind_of(error)}\n"]
            error = error.__cause__ or error.__context__
        return "".join(lines)


def kind_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def without_errors(record: logging.LogRecord) -> Any:
    """Return the arguments of a message, with the kind of each error in place of its words."""
    if isinstance(record.args, dict):  # of Celery, which has made them text already
        kind = kind_of(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
        return record.args | {name: kind for name in ("exc", "traceback") if name in record.args}
    return tuple(kind_of(arg) if isinstance(arg, BaseException) else arg for arg in record.args or ())


def view_of(request: Any) -> str:
    """Return the name of the view that a request is for: paths and queries hold codes and names."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name or "unnamed") if match else "none"


def configuration(form: str) -> dict[str, Any]:
    """Return the configuration of logging for LOG_FORMAT; web, worker, beat and gunicorn share it."""
    # A machine gets a line for each request, so those of Django about refusals are one too many; a terminal gets those.
    access, refusals = ("WARNING", "WARNING") if form == "line" else ("INFO", "ERROR")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
            "json": {"()": Discreet},
        },
        "filters": {"id": {"()": "django_guid.log_filters.CorrelationId", "correlation_id_field": "request_id"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["id"]}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "fontTools": {"level": "WARNING"},  # lists every letter it keeps
            "django_guid": {"level": "ERROR"},  # tells of every request, and quotes ids that it refuses
            "gunicorn.error": {"handlers": ["console"], "propagate": False},
            "django.request": {"level": refusals},
            "lpse_support.middleware": {"level": access},
        },
    }
