"""A client of a workflow server: a request that is refused gets a new token and is sent once more.

After https://github.com/conductor-oss/python-sdk/pull/329
"""

import asyncio


class WorkflowServer:
    """Knows one valid token at a time."""

    def __init__(self):
        self._issued = 1
        self.valid = "token-1"

    async def post_token(self, key_id):
        await asyncio.sleep(0.01)
        self._issued += 1
        self.valid = f"token-{self._issued}"
        return self.valid

    async def get(self, path, token):
        await asyncio.sleep(0.02)
        if token != self.valid:
            return 401, None
        return 200, f"{path}: running"


class ApiClient:
    def __init__(self, server, token):
        self._server = server
        self._token = token
        self._token_lock = asyncio.Lock()
        self.refreshes = 0

    async def _refresh(self):
        self._token = await self._server.post_token("key")
        self.refreshes += 1

    async def call(self, path):
        status, body = await self._server.get(path, self._token)
        if status == 401:
            async with self._token_lock:
                await self._refresh()
            status, body = await self._server.get(path, self._token)
        if status != 200:
            raise PermissionError(f"{path}: {status}")
        return body


async def poll(client, path, after):
    await asyncio.sleep(after)
    return await client.call(path)


async def main():
    server = WorkflowServer()
    client = ApiClient(server, token="token-0")
    bodies = await asyncio.gather(poll(client, "/workflow/1", 0.0), poll(client, "/workflow/2", 0.15))
    return bodies, client.refreshes


if __name__ == "__main__":
    assert asyncio.run(main())[1] == 1
