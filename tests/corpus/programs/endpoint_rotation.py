"""A client of a time series database writes its points to the servers of a cluster in turn."""

import threading
from dataclasses import dataclass, field


@dataclass
class Endpoint:
    host: str
    port: int
    received: list[str] = field(default_factory=list)

    def write(self, line: str) -> None:
        self.received.append(line)


class RoundRobin:
    """Deals out the endpoints one after the other."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self._endpoints = endpoints
        self._turn = 0

    def pick(self) -> Endpoint:
        turn = self._turn
        endpoint = self._endpoints[turn % len(self._endpoints)]
        self._turn = turn + 1
        return endpoint


class Client:
    def __init__(self, endpoints: list[Endpoint]) -> None:
        self._balancer = RoundRobin(endpoints)

    def write_point(self, measurement: str, value: float) -> None:
        line = f"{measurement} value={value}"
        self._balancer.pick().write(line)


def sample(client: Client, measurement: str, values: list[float]) -> None:
    for value in values:
        client.write_point(measurement, value)


def main() -> dict[str, int]:
    cluster = [Endpoint("ts-a", 8086), Endpoint("ts-b", 8086), Endpoint("ts-c", 8086)]
    client = Client(cluster)
    samplers = [
        threading.Thread(target=sample, args=(client, "cpu", [0.21, 0.35, 0.3, 0.28])),
        threading.Thread(target=sample, args=(client, "disk", [0.7, 0.71])),
    ]
    for sampler in samplers:
        sampler.start()
    for sampler in samplers:
        sampler.join()
    return {endpoint.host: len(endpoint.received) for endpoint in cluster}
