"""Settings that all tests share."""

from hypothesis import settings

# A machine that does something else at the same time must not fail a property: hypothesis' deadline is a timing assertion.
settings.register_profile("causeway", deadline=None)
settings.load_profile("causeway")
