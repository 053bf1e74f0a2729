"""Canaries: secrets placed wherever a boundary can see them are nowhere in what was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway.redaction import is_secret, scrub, scrub_argv, scrub_url

from tests.sdk.recorded import run_both


@pytest.mark.parametrize("text", [
    "password=canary", "password: canary", '{"password": "canary two words"}', "{'api_key': 'canary'}", "Authorization: Bearer canary.abc-123",
    "authorization=Basic Y2FuYXJ5",
    "GET /x?access_token=canary&y=1", "https://user:canary@host/x", "--password canary", "my-secret => canary", 'token="canary"',
    "client_secret='canary'", "Cookie: session=canary",
    "PRIVATE_KEY=canary", 'escaped {\\"password\\": \\"canary\\"}', "x-api-key:canary", "bearer canarycanary",
])  # fmt: skip
def test_secrets_in_text_are_cut(text: str) -> None:
    clean = scrub(text)
    assert "canary" not in clean and "Y2FuYXJ5" not in clean and "[redacted]" in clean


@pytest.mark.parametrize("text", [
    "an order of 7 tokens was passed", "passwords are hashed", "alice withdrew 50", "http://host/path?x=1", "cookie jar is empty", "",
])  # fmt: skip
def test_ordinary_text_stays(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize("text", [
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "AKIAIOSFODNN7EXAMPLE",
    "ghp_0123456789abcdefghijABCDEFGHIJ",
])  # fmt: skip
def test_credentials_are_known_by_their_looks(text: str) -> None:
    assert scrub(f"got {text} from it") == "got [redacted] from it"


def test_urls() -> None:
    assert scrub_url("http://u:p@h:1/a?password=x&n=1#token=y") == "http://[redacted]@h:1/a?password=[redacted]&n=1#token=[redacted]"
    assert scrub_url("/a?n=1") == "/a?n=1"


def test_argv() -> None:
    assert scrub_argv(["run", "--token", "x", "--verbose", "-p", "1"]) == ["run", "--token", "[redacted]", "--verbose", "-p", "1"]
    assert scrub_argv(["env", "SECRET_KEY=x"]) == ["env", "SECRET_KEY=[redacted]"]


@pytest.mark.parametrize("name", [
    "password", "DB_PASSWORD", "Authorization", "apiKey", "api-key", "Set-Cookie", "sessionId", "session_id", "privateKey", "user_token",
    "passphrase",
    "credentials",
])  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["pass_count", "user", "author", "keyboard", "compass", "session", "monkey"])
def test_other_names(name: str) -> None:
    assert not is_secret(name)


def test_no_canary_reaches_the_spool(tmp_path: Path) -> None:
    program = """
        import asyncio, aiohttp, causeway, http.client, logging, os, sqlite3, subprocess, sys
        from aiohttp import web
        SECRET = os.environ["CANARY_PASSWORD"]
        bearer = {"Authorization": "Bearer " + SECRET, "Cookie": "session=" + SECRET, "X-Api-Key": SECRET}

        async def handler(request):
            await request.post()
            return web.json_response({"token": SECRET}, headers={"Set-Cookie": "id=" + SECRET})
        async def main():
            app = web.Application(); app.router.add_route("*", "/{tail:.*}", handler)
            runner = web.AppRunner(app); await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            async with aiohttp.ClientSession(headers=bearer) as session:
                url = f"http://user:{SECRET}@{host}:{port}/login?password={SECRET}"
                async with session.post(url, data={"password": SECRET}) as response: await response.read()
                async with session.get(f"http://{host}:{port}/x#access_token={SECRET}") as response: await response.read()
            def blocking():
                connection = http.client.HTTPConnection(host, port)
                connection.request("POST", f"/y?api_key={SECRET}", body=SECRET, headers=bearer)
                connection.getresponse().read()
            await asyncio.to_thread(blocking)
            await runner.cleanup()
        logging.basicConfig(level=logging.INFO, stream=sys.stderr)
        try: asyncio.run(main())
        except ValueError as error: print("refused")
        database = sqlite3.connect(":memory:")
        database.execute("create table users(name text, password text)")
        database.execute("insert into users values (?, ?)", ("a", SECRET))
        database.execute("insert into users(name, password) values (:n, :p)", {"n": "b", "p": SECRET})
        database.execute(f"update users set password = '{SECRET}' where name = 'a'")
        print(database.execute("select count(*) from users where password = ?", (SECRET,)).fetchone())
        causeway.event("login", password=SECRET, note=f"password={SECRET}", url=f"http://u:{SECRET}@h/")
        with causeway.trace("login", token=SECRET): pass
        logging.warning("password=%s", SECRET)
        logging.warning('{"password": "%s"}', SECRET)
        subprocess.run([sys.executable, "-S", "-c", "pass", "--token", SECRET], env={"API_KEY": SECRET})
    """
    recorded = run_both(tmp_path, program, variables={"CANARY_PASSWORD": "canary-7f3a9"})
    assert recorded.facts("SQL") and recorded.facts("LOG") and recorded.facts("SPAN")
    # The child's own segment is named in the spool too; everything counts. The source text of the program does not hold the canary.
    assert b"canary-7f3a9" not in recorded.raw()
