from django.apps import AppConfig


class CallcenterConfig(AppConfig):
    name = "callcenter"

    def ready(self) -> None:
        from callcenter import receivers  # noqa: F401
