"""Many images: plan, run, resume, collect."""
