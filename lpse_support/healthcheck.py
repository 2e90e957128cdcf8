"""Tell Docker whether the web process in this container serves the home page: exit code 0 or 1."""

import http.client
import os
from urllib.parse import urlsplit

if __name__ == "__main__":
    address = urlsplit(os.environ["BASE_URL"])
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=8)
    connection.request("GET", "/", headers={"Host": address.netloc, "X-Forwarded-Proto": address.scheme})
    raise SystemExit(connection.getresponse().status != 200)
