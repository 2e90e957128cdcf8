"""Counting working time, keeping promises, and what follows when one is broken."""
