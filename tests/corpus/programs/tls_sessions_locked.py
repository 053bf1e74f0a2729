"""The connections of a cluster share a cache of TLS sessions that is made under the lock of the cluster when the first of them asks for it."""

import threading


class SessionCache:
    def __init__(self):
        self.sessions = {}

    def remember(self, host, session):
        self.sessions[host] = session


class Cluster:
    def __init__(self, hosts):
        self.hosts = hosts
        self._session_cache = None
        self._lock = threading.Lock()

    @property
    def session_cache(self):
        if self._session_cache is None:
            with self._lock:
                if self._session_cache is None:
                    self._session_cache = SessionCache()
        return self._session_cache

    def connect(self, host):
        cache = self.session_cache
        cache.remember(host, f"ticket for {host}")


def main():
    cluster = Cluster(["10.0.0.1", "10.0.0.2", "10.0.0.3"])
    connecting = [threading.Thread(target=cluster.connect, args=(host,)) for host in cluster.hosts]
    for each in connecting:
        each.start()
    for each in connecting:
        each.join()
    kept = sorted(cluster.session_cache.sessions)
    assert kept == cluster.hosts, f"sessions of {kept} only"
    return kept


if __name__ == "__main__":
    print(main())
