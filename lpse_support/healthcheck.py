"""Tell Docker whether the web process in this container is alive: exit code 0 or 1.

Alive only, not ready: what `/sehat/siap` also asks for, such as Valkey or a worker, no restart of a web process heals.
"""

import http.client
import os
from urllib.parse import urlsplit

if __name__ == "__main__":
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    connection.request("GET", "/sehat/hidup", headers={"Host": urlsplit(os.environ["BASE_URL"]).netloc})
    raise SystemExit(connection.getresponse().status != 200)
