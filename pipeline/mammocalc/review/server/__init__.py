"""The review of a run: addresses, pictures, and readers' answers."""
