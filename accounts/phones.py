"""Telephone numbers in any Indonesian or international notation."""

import phonenumbers


def read_phone(text: str) -> str:
    """Return a number in E.164, or "" when this is none that can be called."""
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
