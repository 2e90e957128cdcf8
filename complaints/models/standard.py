"""What the public pages say of the service, for the office to edit: the standard, the pledge, questions and answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StandardPart(models.Model):
    """One component of the service standard (UU 25/2009); empty until the office has words for it."""

    position = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(_("komponen"), max_length=120)
    text = models.TextField(_("isi"), blank=True)
    is_decree = models.BooleanField(default=False)  # the decree's own words

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class PublicText(models.Model):
    """One page of words that the office answers for: the pledge, the privacy notice, how a door works."""

    slug = models.SlugField(unique=True)
    title = models.CharField(_("judul"), max_length=120)
    text = models.TextField(_("isi"), blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """A question that is often asked, with its answer."""

    position = models.PositiveSmallIntegerField(_("urutan"), default=0)
    question = models.CharField(_("pertanyaan"), max_length=200)
    answer = models.TextField(_("jawaban"))

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.question
