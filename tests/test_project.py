"""What holds for the project as a whole: sizes, the container files, the table of settings."""

import ast
import importlib.util
import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    *("lpse_support", "privacy", "consultations", "callcenter", "complaints", "tickets", "knowledge", "tracking"),
    *("escalation", "notifications", "accounts", "audit", "core"),
)
MODULES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = (ROOT / "lpse_support/settings.py").read_text()
# Read by docker-compose.yml itself or by `make run`, not by settings.py.
PROXY = {"SERVER_NAME", "TLS_CERTIFICATE", "TLS_CERTIFICATE_KEY", "HTTP_PORT", "HTTPS_PORT"}
BESIDE_SETTINGS = {"POSTGRES_PASSWORD", "PORT"} | PROXY


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def longer_than(limit: int, path: Path, *, views_only: bool = False) -> list[tuple[str, int]]:
    """Name and length in lines, decorators not counted, of each function of a module that is too long."""
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    if views_only:
        functions = [node for node in functions if node.args.args and node.args.args[0].arg == "request"]
    lengths = [(f"{path.relative_to(ROOT)}: {node.name}", node.end_lineno - node.lineno + 1) for node in functions]
    return [(name, length) for name, length in lengths if length > limit]


def test_a_module_has_at_most_400_lines() -> None:
    tests = list((ROOT / "tests").rglob("*.py"))

    too_long = {str(path.relative_to(ROOT)): lines_of(path) for path in MODULES + tests if lines_of(path) > 400}

    assert not too_long, f"Split by noun or verb, never into leftovers: {too_long}"


def test_a_function_has_at_most_40_lines() -> None:
    too_long = [found for path in MODULES for found in longer_than(40, path)]

    assert not too_long, f"Give its parts names: {too_long}"


def test_a_view_has_at_most_20_lines() -> None:
    views = [path for path in MODULES if path.name == "views.py" or path.parent.name == "views"]

    too_long = [found for path in views for found in longer_than(20, path, views_only=True)]

    assert not too_long, f"A view gets, asks a form, calls a service and answers: {too_long}"


def test_the_style_sheet_has_at_most_40_kb() -> None:
    assert (ROOT / "static/css/lpse.css").stat().st_size <= 40 * 1024


def settings_variables() -> set[str]:
    readers = r"env(?:\.\w+)?|required|number|switch|choice|url|applications"
    return set(re.findall(rf'(?:{readers})\(\s*"([A-Z_]+)"', SETTINGS))


def documented_variables() -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_each_setting_is_in_the_example() -> None:
    assert documented_variables() == settings_variables() | BESIDE_SETTINGS


def test_each_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()

    assert {name for name in settings_variables() if f"`{name}`" not in readme} == set()


def test_compose_uses_known_variables_only() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    given = {name for service in COMPOSE["services"].values() if "build" in service for name in service["environment"]}

    assert asked <= documented_variables()
    assert {name.removesuffix("_FILE") for name in given} <= settings_variables()


@pytest.mark.parametrize("name", ["SECRET_KEY", "POSTGRES_PASSWORD", "BASE_URL", "EMAIL_URL"])
def test_compose_has_no_default_for_what_must_be_given(name: str) -> None:
    uses = re.findall(rf"\$\{{{name}\b([^}}_]*)\}}", (ROOT / "docker-compose.yml").read_text())

    assert uses
    assert all(use.startswith(":?") for use in uses)


def test_images_are_pinned() -> None:
    stages = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    services = [service["image"] for service in COMPOSE["services"].values()]

    for image in stages + services:
        name, _, tag = image.partition(":")
        assert tag, f"{name} has no tag"
        assert tag != "latest"


def test_compose_has_the_five_parts_and_the_worker_may_finish() -> None:
    assert {"web", "worker", "beat", "postgres", "redis"} <= COMPOSE["services"].keys()
    assert COMPOSE["services"]["worker"]["stop_grace_period"] == "330s"


def test_each_command_names_what_exists() -> None:
    commands = [
        service["command"] for service in COMPOSE["services"].values() if "build" in service and "command" in service
    ]
    commands += [
        " ".join(ast.literal_eval(found)) for found in re.findall(r"CMD (\[[^\]]*\])", DOCKERFILE.replace("\\\n", ""))
    ]
    words = [word for command in commands for word in shlex.split(command.replace('"', " "))]
    words = [word.removeprefix("--config=python:") for word in words]
    named = {word for word in words if re.fullmatch(r"lpse_support(\.\w+)*", word)}

    assert {"lpse_support", "lpse_support.gunicorn", "lpse_support.healthcheck", "lpse_support.wsgi"} == named
    assert all(importlib.util.find_spec(name) for name in named)
    assert "manage.py" in words


def test_the_image_gets_every_app() -> None:
    let_in = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }

    assert {*APPS, "templates", "static", "manage.py", "requirements.txt"} <= let_in


def test_pins_have_hashes_and_name_no_index() -> None:
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text()
        pins = re.findall(r"^\S+==\S+", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^\S+==\S+ \\$", text, re.MULTILINE)), f"{path.name}: a pin without hashes"
        assert not re.search(r"^--|https?://", text, re.MULTILINE), f"{path.name} names an index"
