"""How gunicorn serves the product, in the container and under `make run`; the command line may say otherwise."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lpse_support.settings")
bind = "0.0.0.0:8000"
workers = 2
threads = 8
# An upload may take its time: threads read it, this only watches that the worker is alive.
timeout = 120
graceful_timeout = 30
MEMORY = Path("/dev/shm")  # nosec B108 # only our own folder in it is used
worker_tmp_dir = str(MEMORY) if MEMORY.is_dir() else None
control_socket_disable = True
logconfig_dict = settings.LOGGING

# Where the processes leave their measurements for each other: in memory, and for as long as they live.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="lpse-metrics-", dir=worker_tmp_dir)


def on_exit(server: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
