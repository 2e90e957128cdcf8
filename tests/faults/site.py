"""The product as docker-compose.yml runs it, without an engine: its commands, its environment, its proxy."""

import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test.client import encode_multipart

from lpse_support.local import servers
from lpse_support.local.__main__ import throw_away
from lpse_support.local.servers import Part, free_port
from tests.containers import ROOT, command, environment, example, nginx_configuration
from tests.faults.mail_servers import Sink
from tests.processes import Answer, wait_until

HOST = example()["SERVER_NAME"]
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
PASSWORD = "coba-lpse-144"
PROGRAMS = {name: [sys.executable, "-m", name] for name in ("gunicorn", "celery")} | {"python": [sys.executable]}


class Site:
    """Two webs, two workers and one beat behind nginx, with servers of their own. What ends is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sink = folder, Sink()
        self.home = folder / f"site-{os.getpid()}"
        self.home.mkdir()
        self.ports = {name: free_port() for name in ("web1", "web2", "http", "https")}
        postgres, self.database = servers.postgres(self.home, throwaway=False)
        valkey, queue = servers.valkey(self.home)
        self.environment = environment("web", example()) | {
            "DATABASE_URL": self.database,
            "REDIS_URL": queue,
            "EMAIL_URL": self.sink.url,
            "STATIC_ROOT": str(settings.STATIC_ROOT),
            "BUILD_ROOT": str(settings.BUILD_ROOT),
            "MEDIA_ROOT": str(folder / "files"),
            "PATH": os.environ["PATH"],
            "PYTHONWARNINGS": "ignore",
        }
        self.parts = {"postgres": postgres, "valkey": valkey}
        self.ready: dict[str, Callable[[], bool]] = {
            "postgres": lambda: servers.postgres_answers(self.database),
            "valkey": lambda: servers.valkey_answers(queue),
        }
        self.over, self.lock = threading.Event(), threading.Lock()
        self.absent: set[str] = set()  # nobody starts these again
        self.watching = threading.Thread(target=self.watch)

    def add(self, name: str, words: list[str], ready: Callable[[], bool]) -> None:
        program, *rest = words
        whole = [*PROGRAMS.get(program, [program]), *rest]
        self.parts[name] = Part(name, whole, self.home, self.environment, log=self.folder / f"{name}.log", folder=ROOT)
        self.ready[name] = ready

    def start(self) -> None:
        """Start everything in the order of docker-compose.yml, with the demo's people, and return when it answers."""
        self.sink.__enter__()
        for name in ("postgres", "valkey"):
            self.parts[name].start_and_wait(self.ready[name])
        self.manage(*command("migrate")[-1:], shell=True)
        demo = {"DEMO_MODE": "yes", "DEMO_PASSWORD": PASSWORD, "BASE_URL": "http://localhost"}
        self.manage("python manage.py seed_demo", shell=True, **demo)
        for name in ("web1", "web2"):
            words = [word for word in command("web") if not word.startswith("--bind")]
            self.add(name, [*words, f"--bind=127.0.0.1:{self.ports[name]}"], lambda n=name: self.web_answers(n))
        for name in ("worker1", "worker2"):
            self.add(name, [*command("worker"), f"--hostname={name}@site"], lambda n=name: self.worker_answers(n))
        words = [word for word in command("beat") if not word.startswith("--schedule")]
        self.add("beat", [*words, f"--schedule={self.home / 'beat-schedule'}"], lambda: True)
        self.add("nginx", [*nginx_command(), "-c", str(self.write_nginx())], self.nginx_answers)
        for name in list(self.parts)[2:]:
            self.parts[name].start()
        self.watching.start()
        for name in self.parts:
            self.wait_for(name)

    def manage(self, words: str, *, shell: bool, **variables: str) -> None:
        """Run a command of a container to its end."""
        words = words.replace("python ", f"{sys.executable} ")
        subprocess.run(words, env=self.environment | variables, cwd=ROOT, shell=shell, check=True, capture_output=True)

    def write_nginx(self) -> Path:
        """Fill in the template of the proxy, with a certificate made now."""
        certificate, key = make_certificate(self.folder)
        temporary = self.folder / "nginx"
        temporary.mkdir()
        temporary.chmod(0o777)
        proxy = environment("proxy", example())
        server = proxy["UPSTREAMS"].replace("web:8000 resolve", "127.0.0.1:{}")
        values = proxy | {
            "UPSTREAMS": " ".join(server.format(self.ports[name]) for name in ("web1", "web2")),
            "CERTIFICATE": str(certificate),
            "CERTIFICATE_KEY": str(key),
            "HTTP_PORT": f"127.0.0.1:{self.ports['http']}",
            "HTTPS_PORT": f"127.0.0.1:{self.ports['https']}",
            "TEMPORARY": str(temporary),
            "BODY_MB": "200",
        }
        target = self.folder / "nginx.conf"
        target.write_text(nginx_configuration(values))
        return target

    def watch(self) -> None:
        while not self.over.wait(0.2):
            with self.lock:
                for name, part in self.parts.items():
                    if name not in self.absent and part.ended() is not None:
                        part.start()

    def wait_for(self, name: str) -> None:
        wait_until(self.ready[name], f"{name} answers (see {self.parts[name].log})", 90)

    def web_answers(self, name: str) -> bool:
        try:
            return Person(self, via=name).get("/").status == 200
        except OSError:
            return False

    def worker_answers(self, name: str) -> bool:
        from celery import Celery

        queue = Celery("tests", broker=self.environment["REDIS_URL"], set_as_current=False)
        return bool(queue.control.ping(destination=[f"{name}@site"], timeout=0.5))

    def nginx_answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["http"], timeout=5)
        try:
            connection.request("GET", "/proxy")
            return connection.getresponse().status == 204
        except OSError:
            return False
        finally:
            connection.close()

    def pid(self, name: str) -> int:
        process = self.parts[name].process
        assert process
        return process.pid

    def send(self, name: str, number: signal.Signals) -> int:
        """Signal a part, all its processes where they are killed; return its number."""
        with self.lock:
            pid = self.pid(name)
            process = psutil.Process(pid)
            family = process.children(recursive=True) if number == signal.SIGKILL else []
            for each in (process, *family):
                each.send_signal(number)
        return pid

    def wait_for_another(self, name: str, pid: int) -> None:
        """Return when another process stands in for one that ended, and answers."""
        wait_until(lambda: self.pid(name) != pid, f"{name} is started again", 90)
        self.wait_for(name)

    def rows(self, question: str, *facts: Any) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.database)
        with connection, connection.cursor() as cursor:
            cursor.execute(question, facts)
            found = cursor.fetchall()
        connection.close()
        return found

    def stop(self) -> None:
        self.over.set()
        if self.watching.is_alive():
            self.watching.join()
        for part in reversed(self.parts.values()):
            part.stop()
        self.sink.__exit__()
        throw_away(self.home)


def nginx_command() -> list[str]:
    """Return how nginx is run in the foreground; this user where it may not become another."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found
    return [found, "-g", "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"]


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for our host, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    paths = folder / "certificate.pem", folder / "key.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    paths[0].write_bytes(certificate.public_bytes(pem))
    paths[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return paths


class Tls(http.client.HTTPSConnection):
    """A connection to the proxy of a site, which believes its certificate alone."""

    def __init__(self, site: Site) -> None:
        context = ssl.create_default_context(cafile=str(site.folder / "certificate.pem"))
        super().__init__(HOST, site.ports["https"], timeout=60, context=context)
        self.trusting = context

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self.trusting.wrap_socket(plain, server_hostname=HOST)


class Person:
    """Somebody with a browser: through the proxy, or straight to one web process as the proxy would ask it."""

    def __init__(self, site: Site, via: str = "https", cookies: SimpleCookie | None = None) -> None:
        self.site, self.via, self.cookies = site, via, cookies or SimpleCookie()

    def at(self, via: str) -> "Person":
        """Return the same person, with the same cookies, asking another process."""
        return Person(self.site, via, self.cookies)

    def sign_in(self, username: str, password: str = PASSWORD) -> Answer:
        return self.post("/masuk/", {"login": username, "password": password}, self.get("/masuk/").text)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, fields: Mapping[str, Any], page: str) -> Answer:
        """Send a form with the hidden fields of the page it stands on; files are fields as well."""
        body = encode_multipart("batas", dict(HIDDEN.findall(page)) | fields)
        return self.ask("POST", path, body, {"Content-Type": "multipart/form-data; boundary=batas"})

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
        own = {"Host": HOST, "Referer": f"https://{HOST}/", "Cookie": self.cookies.output([], "", "; ").strip()}
        connection: http.client.HTTPConnection
        if self.via == "https":
            connection = Tls(self.site)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.site.ports[self.via], timeout=60)
            own |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        try:
            connection.request(method, path, body, own | headers)
            response = connection.getresponse()
            for cookie in response.headers.get_all("Set-Cookie") or []:
                self.cookies.load(cookie)
            return Answer(response.status, response.getheader("Location") or "", response.read().decode())
        finally:
            connection.close()


class Load:
    """Somebody who does something over and over in a thread, and notes when, and what was answered."""

    def __init__(self, deed: Callable[[], int]) -> None:
        self.deed, self.answers, self.over = deed, list[tuple[float, int]](), threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self) -> "Load":
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.thread.join()

    def run(self) -> None:
        while not self.over.is_set():
            try:
                status = self.deed()
            except (OSError, http.client.HTTPException):
                status = 0
            self.answers.append((time.monotonic(), status))

    def wait_for(self, count: int, good: tuple[int, ...] = (200, 302)) -> None:
        """Return after so many more good answers."""
        target = len(self.good(good)) + count
        wait_until(lambda: len(self.good(good)) >= target, f"there are {count} more good answers", 90)

    def good(self, good: tuple[int, ...] = (200, 302)) -> list[tuple[float, int]]:
        return [answer for answer in self.answers if answer[1] in good]

    def bad(self) -> list[tuple[float, int]]:
        return [answer for answer in self.answers if answer[1] not in (200, 302)]
