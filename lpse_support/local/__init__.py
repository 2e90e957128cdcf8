"""One machine, nothing prepared: PostgreSQL, Valkey, web, worker and beat from this folder alone (`make run`)."""
