"""A small stand-in for the LPSE application, so that `make run` shows the real way in (R08, R09). Demo only."""
