"""Probes in an oven's zones: any of them may raise the alarm, and each writes what it measured to the same log."""

import enum
import threading


class Alarm(enum.Enum):
    QUIET = "quiet"
    RAISED = "raised"


class Oven:
    def __init__(self, limit):
        self.limit = limit
        self.alarm = Alarm.QUIET
        self.log = []

    def measured(self, zone, degrees):
        self.log.append((zone, degrees))
        if degrees > self.limit and self.alarm is Alarm.QUIET:
            self.alarm = Alarm.RAISED


class Probe(threading.Thread):
    def __init__(self, oven, zone, readings):
        super().__init__(name=f"probe-{zone}")
        self.oven = oven
        self.zone = zone
        self.readings = readings

    def run(self):
        for degrees in self.readings:
            self.oven.measured(self.zone, degrees)


def main():
    oven = Oven(limit=240)
    probes = [
        Probe(oven, "top", [180, 236, 251]),
        Probe(oven, "back", [175, 243, 239]),
        Probe(oven, "floor", [160, 190, 200]),
    ]
    for probe in probes:
        probe.start()
    for probe in probes:
        probe.join()
    by_zone = {probe.zone: [degrees for zone, degrees in oven.log if zone == probe.zone] for probe in probes}
    return oven.alarm.value, by_zone


if __name__ == "__main__":
    print(main())
