"""Running numbers without gaps."""

from django.db import connection, models

from core.numbers import make_number


class NumberCounter(models.Model):
    """The last running number given out for one kind of record in one year."""

    kind = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="one_counter_per_year")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"

    @classmethod
    def take(cls, kind: str, year: int) -> str:
        """Return the next number; a rolled back transaction gives it back, so there are no gaps."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tickets_numbercounter (kind, year, last) VALUES (%s, %s, 1) "
                "ON CONFLICT (kind, year) DO UPDATE SET last = tickets_numbercounter.last + 1 RETURNING last",
                [kind, year],
            )
            return make_number(kind, year, cursor.fetchone()[0])
