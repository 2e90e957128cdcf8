"""What the Penyelia writes: days off, office hours, promises, and why."""
