from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from core.doors import add_door
        from privacy import receivers  # noqa: F401  # they listen to the clock engine
        from privacy.models import DataClaim

        add_door(DataClaim.NUMBER_KIND, DataClaim)
