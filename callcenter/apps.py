from django.apps import AppConfig


class CallcenterConfig(AppConfig):
    name = "callcenter"

    def ready(self) -> None:
        from audit.histories import keep_history
        from callcenter import receivers  # noqa: F401
        from callcenter.models import CallEvent

        keep_history(CallEvent, "call_id", "kind", "actor_id", "at")
