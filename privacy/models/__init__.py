"""What people ask for about their own data, and what became of it."""

from privacy.models.claim import DataClaim, DataClaimEvent

__all__ = ["DataClaim", "DataClaimEvent"]
