"""A web application makes an OAuth client for every request; all of them take the application's lock to refresh the token."""

import asyncio


class IdentityProvider:
    def __init__(self):
        self.valid = "refresh-0"
        self.grants = 0

    async def refresh(self, refresh_token):
        await asyncio.sleep(0.002)
        if refresh_token != self.valid:
            raise PermissionError("invalid_grant")
        self.grants += 1
        self.valid = f"refresh-{self.grants}"
        return {"access": f"access-{self.grants}", "refresh": self.valid, "expired": False}


class OAuthClient:
    def __init__(self, app):
        self.app = app
        self._refresh_lock = app.refresh_lock

    async def ensure_active_token(self):
        async with self._refresh_lock:
            token = self.app.token
            if token["expired"]:
                self.app.token = await self.app.provider.refresh(token["refresh"])

    async def get(self, path):
        await self.ensure_active_token()
        return f"{path} with {self.app.token['access']}"


class RemoteApp:
    def __init__(self, provider):
        self.provider = provider
        self.refresh_lock = asyncio.Lock()
        self.token = {"access": "access-0", "refresh": "refresh-0", "expired": True}

    def client(self):
        return OAuthClient(self)

    async def get(self, path):
        return await self.client().get(path)


async def visit(app, path, comes):
    await asyncio.sleep(comes)
    try:
        return await app.get(path)
    except PermissionError as error:
        return str(error)


async def main():
    app = RemoteApp(IdentityProvider())
    return await asyncio.gather(visit(app, "/me", 0), visit(app, "/repos", 0.04))
