from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"

    def ready(self) -> None:
        from audit.histories import keep_history
        from complaints import receivers  # noqa: F401  # they listen to the clock engine
        from complaints.models import Complaint, ComplaintEvent
        from core.doors import add_door

        add_door(Complaint.NUMBER_KIND, Complaint)
        keep_history(ComplaintEvent, "complaint_id", "kind", "actor_id", "at")
