from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from audit.histories import keep_history
        from tickets import merging, receivers  # noqa: F401  # they listen to the apps below
        from tickets.models import TicketEvent

        keep_history(
            TicketEvent, "ticket_id", "kind", "key", "actor_id", "actor_role", "tier", "version", "is_public", "at"
        )
