"""A console shows the warnings of the cluster that is selected; they are fetched anew whenever another one is chosen."""

import asyncio

CLUSTERS = {
    "east": (0.01, ["ImagePullBackOff", "OOMKilled"]),
    "west": (0.02, ["NodeNotReady"]),
}


async def fetch_warnings(cluster):
    latency, warnings = CLUSTERS[cluster]
    await asyncio.sleep(latency)
    return list(warnings)


def warning_panel():
    """The panel as closures: choose a cluster, look at the panel, wait until it is quiet."""
    state = {"cluster": None, "warnings": [], "loading": 0}
    loads = set()

    async def load(cluster):
        state["loading"] += 1
        try:
            warnings = await fetch_warnings(cluster)
        finally:
            state["loading"] -= 1
        if state["cluster"] == cluster:
            state["warnings"] = warnings

    def select(cluster):
        state["cluster"] = cluster
        state["warnings"] = []
        task = asyncio.create_task(load(cluster), name=f"load-{cluster}")
        loads.add(task)
        task.add_done_callback(loads.discard)

    async def quiet():
        while loads:
            await asyncio.wait(loads)

    return select, lambda: (state["cluster"], state["warnings"]), quiet


async def main():
    select, look, quiet = warning_panel()
    select("east")
    await asyncio.sleep(0.1)
    first = look()
    select("west")
    await quiet()
    return first, look()
