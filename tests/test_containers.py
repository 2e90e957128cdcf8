"""What can be said of the container files without an engine; tests/faults/test_production.py runs their commands."""

import re
from pathlib import Path

import pytest

from tests.containers import (
    COMPOSE,
    DOCKERFILE,
    NGINX,
    OURS,
    ROOT,
    SERVICES,
    command,
    environment,
    example,
    filled,
    last_stage,
)

BUILD_TOOLS = r"\b(gcc|g\+\+|make|build-essential|python3-dev|libpq-dev|pip install)\b"
SECRETS = ("SECRET_KEY", "PASSWORD", "TOKEN", "TLS_CERTIFICATE_KEY")


def test_every_image_has_an_exact_version() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [service["image"] for name, service in SERVICES.items() if name not in OURS]

    loose = [image for image in images if not re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z-]+)?$", image)]

    assert loose == []


def test_database_and_its_client_are_of_one_version() -> None:
    assert SERVICES["postgres"]["image"] in DOCKERFILE


def test_the_last_stage_has_no_build_tools_and_no_root() -> None:
    stage = last_stage()

    assert not re.search(BUILD_TOOLS, stage)
    assert re.findall(r"^USER (\S+)", stage, re.MULTILINE) == ["lpse"]
    assert "HEALTHCHECK" in stage


def test_every_copy_finds_its_source() -> None:
    stages = re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, re.MULTILINE)

    for source_stage, paths in re.findall(r"^COPY (?:--from=(\S+) )?(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, _target = paths.split()
        assert source_stage in stages if source_stage else all((ROOT / source).exists() for source in sources)


def test_every_file_that_compose_mounts_is_there() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]

    assert "./deploy/nginx.conf" in mounted
    for source in mounted:
        assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_part_has_limits_and_may_gain_no_rights(name: str) -> None:
    service = SERVICES[name]

    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["networks"]) <= COMPOSE["networks"].keys()


@pytest.mark.parametrize("name", [*OURS, "proxy", "mail"])
def test_a_part_without_data_of_its_own_cannot_write_but_to_its_places(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert [mount.partition(":")[0] for mount in service["tmpfs"]] == ["/tmp"]


def test_database_and_queue_are_reached_from_inside_only() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy", "mail"}


def test_two_webs_two_workers_and_one_beat_start_after_what_they_need() -> None:
    assert {name: SERVICES[name]["deploy"]["replicas"] for name in ("web", "worker", "beat")} == {
        "web": 2,
        "worker": 2,
        "beat": 1,
    }
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }
    assert SERVICES["proxy"]["depends_on"] == {"web": {"condition": "service_healthy"}}
    for name in ("postgres", "redis", "proxy"):
        assert "test" in SERVICES[name]["healthcheck"]


def test_only_the_mail_catcher_is_behind_a_profile() -> None:
    assert {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service} == {
        "mail": ["trial"]
    }


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    defaults = re.findall(r"\$\{([A-Z_]+):-([^}]+)\}", text)
    told = re.findall(r"^([A-Z_]+)=(.+)$", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert [name for name, _value in defaults + told if name.endswith(SECRETS)] == []


@pytest.mark.parametrize("name", OURS)
def test_compose_refuses_an_example_that_nobody_filled_in(name: str) -> None:
    unfilled = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))

    with pytest.raises(KeyError):
        environment(name, unfilled)
    assert environment(name, example())["DATABASE_URL"] == "postgres://lpse:rahasia123@postgres:5432/lpse"


def test_the_proxy_knows_every_variable_of_its_template() -> None:
    asked = set(re.findall(r"^[^#\n]*?\$\{([A-Z_]+)\}", NGINX, re.MULTILINE))
    given = set(re.findall(r"\$\{([A-Z_]+)\}", command("proxy")[-1]))

    assert asked == given
    assert asked <= environment("proxy", example()).keys() | {"BODY_MB"}


def test_the_proxy_takes_as_much_as_the_product_and_says_how_people_came() -> None:
    assert "BODY_MB=$((UPLOAD_TICKET_MB + 50))" in command("proxy")[-1]
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in NGINX
    assert "proxy_request_buffering off" not in NGINX
    stalled = int(re.findall(r"client_body_timeout (\d+)s", NGINX)[0])
    assert stalled <= 60  # F22


def test_secrets_of_compose_are_files_that_must_be_named() -> None:
    for secret in COMPOSE["secrets"].values():
        assert Path(filled(secret["file"], example())).is_absolute()
        with pytest.raises(KeyError):
            filled(secret["file"], {})
