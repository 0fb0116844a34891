"""One room per stage: pure functions from arrays and records to arrays and records."""
