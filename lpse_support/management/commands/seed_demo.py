"""Fill an empty database with the demo."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from callcenter.demo import phone_deeds
from complaints.demo import complaint_deeds
from consultations.demo import counter_deeds
from privacy.demo import data_deeds
from tickets.demo.people import make_people
from tickets.demo.stories import tell_stories
from tickets.demo.texts import make_texts


class Command(BaseCommand):
    help = (
        "Fill an empty database with invented people, six weeks of tickets, days at counter and phone, complaints, and "
        "requests about data."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE or not settings.DEMO_PASSWORD:
            raise CommandError("Demo data is for demo mode only: set DEMO_MODE=yes and DEMO_PASSWORD.")
        if User.objects.exists():
            raise CommandError("This database already has accounts: demo data goes into an empty one only.")
        with transaction.atomic():
            now = timezone.now()
            people = make_people(settings.DEMO_PASSWORD)
            SocialAccount.objects.create(user=people["penyedia"], provider="spse", uid="contoh-penyedia")
            make_texts()
            doors = (counter_deeds, phone_deeds, complaint_deeds, data_deeds)
            others = [deed for deeds in doors for deed in deeds(people, now=now)]
            tell_stories(people, now=now, others=others)
