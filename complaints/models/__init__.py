"""The register of complaints, and the texts of the public pages about the service."""

from complaints.models.complaint import Complaint
from complaints.models.history import ComplaintEvent, Response
from complaints.models.named import Named
from complaints.models.standard import PublicText, Question, StandardPart

__all__ = ["Complaint", "ComplaintEvent", "Named", "PublicText", "Question", "Response", "StandardPart"]
