"""Building orders: from the events of a recording to constraints that a re-run can be held to.

`planner` chooses the orders of a finding. `places` and `anchors` name events so that another run can find them again, and `draft` turns
constraints between places into an order. One module per shape of bug: `window`, `interchangeable`, `dropped_lock`, `cancellation`, `time_limits`,
and `templates` for findings whose events are known by role. `bystanders` keeps the other actors out of the way. `recorded_schedule` builds the order
that repeats the recorded run.
"""
