"""What docker-compose.yml and Dockerfile say, as a container engine would read them."""

import ast
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
NGINX = (ROOT / "deploy/nginx.conf").read_text()
# What an operator must fill in, besides what .env.example says already.
FILLED_IN = {
    "SECRET_KEY": "k3Jr-8sVw_Qe1zTyUx5Nb7Mc9Lp2Ad4Fg6Hh0JkQwErTyUiOpZxCvBnM",
    "POSTGRES_PASSWORD": "rahasia123",
    "EMAIL_URL": "smtp://mail:1025",
    "TLS_CERTIFICATE": "/etc/ssl/lpse.pem",
    "TLS_CERTIFICATE_KEY": "/etc/ssl/lpse.key",
}


def example() -> dict[str, str]:
    """Return what .env.example sets, filled in."""
    lines = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    return dict(lines) | FILLED_IN


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put the variables of a .env into one value of docker-compose.yml; raise KeyError for one that must be given."""

    def value(found: re.Match[str]) -> str:
        if found["escaped"]:
            return "$"
        given = values.get(found["name"], "")
        if not given and found["how"] == ":?":
            raise KeyError(found["name"])
        return given or (found["rest"] or "")

    pattern = r"(?P<escaped>\$\$)|\$\{(?P<name>[A-Z_]+)(?:(?P<how>:[?-])(?P<rest>[^}]*))?\}"
    return re.sub(pattern, value, text)


def environment(service: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return what the container of a service finds in its environment."""
    image = dict(re.findall(r"(\w+)=(\S+)", " ".join(re.findall(r"^ENV (.*)$", last_stage(), re.MULTILINE))))
    image.pop("PATH")
    own = {name: filled(str(text), values) for name, text in SERVICES[service]["environment"].items()}
    return (image if service in OURS else {}) | own


def last_stage() -> str:
    return DOCKERFILE.rpartition("\nFROM ")[2]


def command(service: str) -> list[str]:
    """Return what the container of a service runs."""
    said = SERVICES[service].get("command")
    if said is None:
        return list(ast.literal_eval(re.findall(r"^CMD (\[.*\])", last_stage(), re.MULTILINE)[0]))
    words = shlex.split(said) if isinstance(said, str) else said
    return [filled(word, {}) for word in words]


def nginx_configuration(values: Mapping[str, str]) -> str:
    """Fill in the template of the proxy as envsubst does with the names that docker-compose.yml gives it."""
    names = re.findall(r"\$\{([A-Z_]+)\}", command("proxy")[-1].partition("envsubst")[2])
    return re.sub(rf"\$\{{({'|'.join(names)})\}}", lambda found: values[found[1]], NGINX)
