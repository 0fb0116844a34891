"""The same report in each form that someone needs."""
