"""A lock of threads is held while the token is awaited; a second request on the loop blocks the loop for ever."""

import asyncio
import threading


class Credential:
    def __init__(self):
        self.calls = 0

    async def get_token(self):
        await asyncio.sleep(0.001)
        self.calls += 1
        return f"token-{self.calls}"


class BearerPolicy:
    def __init__(self, credential):
        self._credential = credential
        self._lock = threading.Lock()
        self._token = None

    async def on_request(self, headers):
        with self._lock:
            if self._token is None:
                self._token = await self._credential.get_token()
        headers["Authorization"] = f"Bearer {self._token}"
        return headers


async def main():
    credential = Credential()
    policy = BearerPolicy(credential)
    first = asyncio.create_task(policy.on_request({}))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(policy.on_request({"Accept": "*/*"}))
    return await asyncio.gather(first, second), credential.calls
