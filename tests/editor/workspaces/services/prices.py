import http.server
import pathlib

PRICES = {"tea": 3, "cake": 4}


class Prices(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        price = PRICES[name]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(price).encode())


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False


server = Server(("127.0.0.1", 0), Prices)
pathlib.Path("port.new").write_text(str(server.server_port))
pathlib.Path("port.new").rename("port")
server.handle_request()
