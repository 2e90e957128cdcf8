"""Backup and restore: database and files of one moment, with a checksum of every part (docs/operations.md)."""
