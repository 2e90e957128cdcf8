"""Calls to the Call Center, and what is asked and sent because of them."""

from callcenter.models.call import Call, CallEvent
from callcenter.models.confirmation import ConfirmationRequest
from callcenter.models.link import CallLink

__all__ = ["Call", "CallEvent", "CallLink", "ConfirmationRequest"]
