"""Asks a server all the time how it is, from a process of its own, during each stretch of time.

A line on standard input begins a stretch, the next one ends it. Then it prints the most processor time that
the server took while it owed an answer, in seconds, and the most bytes that it held. By the wall clock a busy
machine would look like a server that is held up.
"""

import http.client
import json
import sys
import threading

import psutil


def used(process: psutil.Process) -> float:
    """Seconds of processor time, without its children's."""
    times = process.cpu_times()
    return float(times.user + times.system)


def stretch(port: int, process: psutil.Process) -> tuple[float, int]:
    """Ask until the line that ends it comes."""
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
    longest_s, most_bytes = 0.0, 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        began = used(process)
        connection.request("GET", "/api/health")
        response = connection.getresponse()
        well = json.loads(response.read())["status"] == "ok"
        assert well
        longest_s = max(longest_s, used(process) - began)
        most_bytes = max(most_bytes, process.memory_info().rss)
        if over.wait(0.02):
            connection.close()
            return longest_s, most_bytes


def main(port: int, pid: int) -> None:
    process = psutil.Process(pid)
    while sys.stdin.readline():
        sys.stdout.write(json.dumps(stretch(port, process)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
