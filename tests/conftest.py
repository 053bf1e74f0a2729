"""Settings that all tests share."""

import signal

from hypothesis import settings

# A machine that does something else at the same time must not fail a property: hypothesis' deadline is a timing assertion.
settings.register_profile("causeway", deadline=None)
settings.load_profile("causeway")

# Shells start background jobs with SIGINT ignored, and children inherit that: the programs that tests interrupt would never end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
