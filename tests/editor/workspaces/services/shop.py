import pathlib
import time
import urllib.request


def ask(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}") as answer:
        return int(answer.read())


while not pathlib.Path("port").exists():
    time.sleep(0.1)
total = ask(pathlib.Path("port").read_text(), "cake")
print("to pay:", total)
