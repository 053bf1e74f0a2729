"""A watcher reloads plugins whose files have changed; a change of the configuration loads them itself, and an older scan is dropped."""

import asyncio


class Plugins:
    def __init__(self):
        self.files = {"weather": "v1"}
        self.reloads = []

    def scan(self):
        return dict(self.files)


class Watcher:
    def __init__(self, plugins):
        self._plugins = plugins
        self._last = plugins.scan()

    async def poll(self):
        previous = self._last
        current = await asyncio.to_thread(self._plugins.scan)
        if self._last is not previous:
            return
        if current != previous:
            self._plugins.reloads.append(sorted(current.values()))
        self._last = current

    def replace_snapshot(self, snapshot):
        self._last = snapshot


async def watch(watcher):
    for _ in range(2):
        await watcher.poll()
        await asyncio.sleep(0.1)


async def update_config(plugins, watcher):
    await asyncio.sleep(0.05)
    plugins.files["weather"] = "v2"
    watcher.replace_snapshot(plugins.scan())


async def main():
    plugins = Plugins()
    watcher = Watcher(plugins)
    await asyncio.gather(watch(watcher), update_config(plugins, watcher))
    assert plugins.reloads == [], f"loaded twice: {plugins.reloads}"
    return plugins.reloads


if __name__ == "__main__":
    print(asyncio.run(main()))
