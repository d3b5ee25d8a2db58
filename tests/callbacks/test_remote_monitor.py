"""`RemoteMonitor` against a server in this process."""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from torchkeras import _ranks, callbacks


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.received.append((self.path, self.headers, body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *arguments): ...


@pytest.fixture
def server():
    with HTTPServer(("127.0.0.1", 0), Handler) as made:
        made.received, made.status = [], 200
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def root(server):
    return f"http://127.0.0.1:{server.server_address[1]}"


LOGS = {"loss": 0.5, "val": np.arange(2), "one": np.float32(1), "zero": np.array(0.0)}
SENT = {"epoch": 3, "loss": 0.5, "val": [0, 1], "one": 1.0, "zero": 0.0}


def test_sends_a_form(server):
    callbacks.RemoteMonitor(root(server), field="f", headers={"X-Key": "k"}).on_epoch_end(3, LOGS)
    path, headers, body = server.received[0]
    assert path == "/publish/epoch/end/"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["X-Key"] == "k"
    fields = urllib.parse.parse_qs(body)
    assert list(fields) == ["f"]
    assert json.loads(fields["f"][0]) == SENT


def test_sends_json(server):
    callbacks.RemoteMonitor(root(server), "/here", send_as_json=True).on_epoch_end(3, LOGS)
    path, headers, body = server.received[0]
    assert (path, headers["Content-Type"], json.loads(body)) == ("/here", "application/json", SENT)


def test_an_error_of_the_server_is_a_warning(server):
    server.status = 500
    with pytest.warns(UserWarning, match="answered: HTTP Error 500"):
        callbacks.RemoteMonitor(root(server)).on_epoch_end(0, {})


def test_no_server_is_a_warning():
    with HTTPServer(("127.0.0.1", 0), Handler) as closed:
        address = root(closed)
    with pytest.warns(UserWarning, match=f"Could not reach RemoteMonitor root server at {address}"):
        callbacks.RemoteMonitor(address).on_epoch_end(0, None)


@pytest.mark.parametrize("wrong", ["file:///etc/passwd", "localhost:9000", "ftp://host"])
def test_only_http_is_spoken(wrong):
    with pytest.raises(ValueError, match="expected an http:// or https:// address"):
        callbacks.RemoteMonitor(wrong)


def test_only_the_first_rank_sends(server, monkeypatch):
    monkeypatch.setattr(_ranks, "is_first", lambda: False)
    callbacks.RemoteMonitor(root(server)).on_epoch_end(0, {})
    assert server.received == []
