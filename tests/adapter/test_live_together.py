"""Two services, of which neither starts the other, launched by themselves into one recording: each debug session steps back into the other."""

import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from causeway_core.storage import Recording

from tests.adapter.client import Client
from tests.adapter.test_live_debugpy import output

PRICES = """\
import http.server, json

PRICE = {"tea": 3, "cake": 4}


class Prices(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        price = PRICE[name]  # @price
        self.send_response(200)  # @respond
        self.end_headers()
        self.wfile.write(json.dumps(price).encode())

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Prices)
print("port", server.server_port, flush=True)
server.serve_forever()
"""
SHOP = """\
import http.server, json, sys, urllib.request


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        wanted = self.path.strip("/")  # @wanted
        with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/{wanted}") as answer:  # @ask
            price = json.load(answer)  # @answer
        self.send_response(200)  # @total
        self.end_headers()
        self.wfile.write(json.dumps({wanted: price}).encode())

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
print("port", server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture
def services(program):
    """The service that is asked, and the one that asks it."""
    return program(PRICES, "prices.py"), program(SHOP, "shop.py")


def port_of(client):
    return int(output(client, "\n").split()[1])


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=90) as answer:
        return answer.read()


def recordings(program):
    return sorted((program.path.parent / ".causeway").glob("*.causeway"))


def steps_back_to(client, stopped, program, mark):
    """Steps back until a line of another service."""
    while client.place(stopped)[1] != program.path.name:
        stopped = client.move("stepBack", stopped)
    assert program.stops_at(client, stopped, mark)
    return stopped


def test_step_back_leads_from_a_handler_into_the_service_that_called_it(services):
    prices, shop = services
    with Client() as asked, Client() as asking, ThreadPoolExecutor(1) as pool:
        asked.launch(**prices.configuration(together="market"), before=prices.at("respond"))
        port = port_of(asked)
        asking.launch(**shop.configuration(together="market", args=[str(port)]), before=shop.at("total"))
        answer = pool.submit(get, port_of(asking), "/tea")
        now = asked.event("stopped")
        assert prices.stops_at(asked, now, "respond")
        past = asked.move("stepBack", now)
        assert prices.stops_at(asked, past, "price") and asked.locals(past)["name"] == "'tea'"
        past = steps_back_to(asked, past, shop, "ask")
        assert asked.locals(past)["wanted"] == "'tea'"
        asked.request("causeway/travel", now=True)
        assert asked.event("stopped")["description"] == "Back to now"
        asked.request("continue", threadId=now["threadId"])
        now = asking.event("stopped")
        assert shop.stops_at(asking, now, "total")
        past = asking.move("stepBack", now)
        assert shop.stops_at(asking, past, "answer")
        assert {one["name"].split(" / ")[0] for one in asking.request("threads")["threads"]} == {"prices", "shop"}
        [target] = asking.request("gotoTargets", source={"path": str(prices.path)}, line=prices.line("price"))["targets"]
        past = asking.move("goto", past, targetId=target["id"])
        assert asking.locals(past)["name"] == "'tea'"
        asking.request("causeway/travel", now=True)
        assert asking.event("stopped")["description"] == "Back to now"
        asking.request("continue", threadId=now["threadId"])
        assert answer.result(90) == b'{"tea": 3}'
    [path] = recordings(prices)
    with Recording.open(path) as recording:
        assert {one.service for one in recording.processes()} == {"prices", "shop"}


def test_a_service_that_is_launched_again_is_recorded_where_the_other_still_is(services):
    prices, shop = services
    with Client() as asked:
        asked.launch(**prices.configuration(together="market"))
        port = str(port_of(asked))
        for wanted in ("tea", "cake"):
            with Client() as asking, ThreadPoolExecutor(1) as pool:
                asking.launch(**shop.configuration(together="market", args=[port]), before=shop.at("total"))
                answer = pool.submit(get, port_of(asking), f"/{wanted}")
                now = asking.event("stopped")
                past = asking.move("stepBack", now)
                assert asking.locals(past)["wanted"] == f"'{wanted}'"
                assert asking.move("next", past)["description"] == "Back to now"
                asking.request("continue", threadId=now["threadId"])
                assert answer.result(90).startswith(b"{")
        assert len(recordings(prices)) == 1


def test_the_end_of_one_is_its_own_end(program):
    first = program("import sys\nprint('ready', flush=True)\nsys.stdin.read()\n", "first.py")
    second = program("total = 7\nraise ValueError(total)  # @raise\n", "second.py")
    with Client() as client, Client() as other:
        client.launch(**first.configuration(together="both"))
        output(client, "ready")
        other.launch(**second.configuration(together="both"))
        stopped = other.event("stopped")
        while "The program has ended" not in stopped["text"]:
            other.request("continue", threadId=stopped["threadId"])
            stopped = other.event("stopped")
        assert second.stops_at(other, stopped, "raise") and other.locals(stopped)["total"] == "7"
        other.request("continue", threadId=stopped["threadId"])
        other.event("terminated")


def test_launches_under_other_names_are_recorded_apart(program):
    script = program("print('done')\n")
    for name in ("one", "two"):
        with Client() as client:
            client.launch(**script.configuration(together=name))
            client.event("terminated")
    assert len(recordings(script)) == 2


@pytest.mark.parametrize("name", ["", "../up", "a/b"])
def test_a_name_is_a_plain_word(program, name):
    script = program("print('done')\n")
    with Client() as client:
        client.request("initialize", adapterID="causeway")
        refused = client.ask("launch", **script.configuration(together=name))
        assert not refused["success"] and "not a plain name" in refused["body"]["error"]["format"]
