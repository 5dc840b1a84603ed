"""Asks a server all the time how it is, from a process of its own, until standard input ends.

Then it prints the longest that an answer took, in seconds, and the most bytes that the server held.
"""

import http.client
import json
import sys
import threading
import time

import psutil


def main(port: int, pid: int) -> None:
    process, over = psutil.Process(pid), threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    slowest_s, most_bytes = 0.0, 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        began = time.monotonic()
        connection.request("GET", "/api/health")
        response = connection.getresponse()
        well = json.loads(response.read())["status"] == "ok"
        assert well
        slowest_s = max(slowest_s, time.monotonic() - began)
        most_bytes = max(most_bytes, process.memory_info().rss)
        if over.wait(0.01):
            sys.stdout.write(json.dumps([slowest_s, most_bytes]))
            return


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
