import subprocess
import sys

menu = ["tea", "cake"]
subprocess.run([sys.executable, "bill.py", *menu], check=True)
print("paid")
