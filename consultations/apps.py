from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "consultations"

    def ready(self) -> None:
        from audit.histories import keep_history
        from consultations import receivers  # noqa: F401  # they listen to the clock engine
        from consultations.models import Visit, VisitEvent
        from core.doors import add_door

        add_door(Visit.NUMBER_KIND, Visit)
        keep_history(VisitEvent, "visit_id", "kind", "actor_id", "at")
