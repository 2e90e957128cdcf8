"""The product's settings, with an empty page beside its addresses to compare with."""

from lpse_support.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
