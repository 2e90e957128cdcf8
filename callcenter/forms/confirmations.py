"""What agent and officer write to each other about a ticket: one line each, the answer fit to be read aloud."""

from django.utils.translation import gettext_lazy as _

from core.forms import DeskForm, PlainLine

LONGEST = 250  # about twenty seconds of reading aloud


class AskForm(DeskForm):
    """What the agent wants to know for the caller."""

    question = PlainLine(
        label=_("Yang ditanyakan"),
        help_text=_("Satu kalimat. Sebutkan bila penelepon terikat batas waktu."),
        max_length=LONGEST,
    )


class AnswerForm(DeskForm):
    """What the agent will read to the caller."""

    text = PlainLine(
        label=_("Jawaban untuk dibacakan"),
        help_text=_("Satu kalimat lengkap tanpa singkatan, paling panjang 250 huruf. Jangan menyebut NPWP atau NIK."),
        max_length=LONGEST,
    )
