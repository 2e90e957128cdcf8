from django.apps import AppConfig


class CallcenterConfig(AppConfig):
    name = "callcenter"

    def ready(self) -> None:
        from audit.histories import keep_history
        from callcenter import receivers  # noqa: F401
        from callcenter.models import Call, CallEvent
        from core.doors import add_door

        add_door(Call.NUMBER_KIND, Call)
        keep_history(CallEvent, "call_id", "kind", "actor_id", "at")
