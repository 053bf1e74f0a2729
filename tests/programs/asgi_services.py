"""A client and, as a process of its own, a Starlette service under uvicorn: python asgi_services.py."""

import subprocess
import sys
import urllib.request

balance = 100


def serve():
    import uvicorn
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def withdraw(request):
        global balance
        balance = balance - int(request.query_params["amount"])  # @write
        return PlainTextResponse(str(balance))

    class Server(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets)
            print(self.servers[0].sockets[0].getsockname()[1], flush=True)

    app = Starlette(routes=[Route("/withdraw", withdraw)])
    Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", http="h11")).run()


def main():
    with subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True) as service:
        port = int(service.stdout.readline())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/withdraw?amount=30") as response:  # @ask
            print("balance", response.read().decode())
        service.terminate()


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
