"""What the pytest plugin does once it is asked to: `session` runs pytest under the recorder, `report` prints what was found, `marked` runs a test
under an order. Imported only then.
"""
