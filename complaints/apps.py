from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"

    def ready(self) -> None:
        from audit.histories import keep_history
        from complaints import receivers  # noqa: F401  # they listen to the clock engine
        from complaints.models import ComplaintEvent

        keep_history(ComplaintEvent, "complaint_id", "kind", "actor_id", "at")
