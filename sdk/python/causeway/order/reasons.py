"""Why an order is given up: the values of `reason` in a result (sdk/SPEC.md section 9)."""

from __future__ import annotations

EVERYBODY = "everybody waits"
ENDED = "actor ended"
NO_PLACE = "no such place"
NO_ACTOR = "no such actor"
ONE_STEP = "reached inside one step"
NO_PROGRESS = "no progress"
NO_ORDER = "no order"
