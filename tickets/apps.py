from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from tickets import merging, receivers  # noqa: F401  # they listen to the apps below
