"""Send the logs of each epoch to a server."""

import json
import urllib.error
import urllib.parse
import urllib.request
import warnings
from typing import Any

from torchkeras import _ranks
from torchkeras.callbacks._callback import Callback

TIMEOUT = 10.0  # seconds; a training must not hang on a server that does


class RemoteMonitor(Callback):
    """Sends the logs of each epoch to a server, by HTTP POST: ``{"epoch": 0, "loss": 0.7}``.

    A server that can't be reached, or that answers with an error, is a warning; training goes on.

    Args:
        root: the server.
        path: where on the server.
        field: the field of the form that holds the JSON; not used with `send_as_json`.
        headers: more HTTP headers.
        send_as_json: send the JSON itself (``application/json``) instead of a form.

    Raises:
        ValueError: `root` is no ``http://`` or ``https://`` address.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        if urllib.parse.urlsplit(root).scheme not in ("http", "https"):
            raise ValueError(f"RemoteMonitor: expected an http:// or https:// address as `root`, got {root!r}.")
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if not _ranks.is_first():
            return
        values = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in (logs or {}).items()}
        try:
            with urllib.request.urlopen(self._request({"epoch": epoch, **values}), timeout=TIMEOUT):
                pass
        except urllib.error.HTTPError as error:
            warnings.warn(f"RemoteMonitor root server at {self.root} answered: {error}.", stacklevel=2)
            error.close()
        except OSError:
            warnings.warn(f"Could not reach RemoteMonitor root server at {self.root}", stacklevel=2)

    def _request(self, values: dict[str, Any]) -> urllib.request.Request:
        text = json.dumps(values)
        if self.send_as_json:
            kind, body = "application/json", text
        else:
            kind, body = "application/x-www-form-urlencoded", urllib.parse.urlencode({self.field: text})
        headers = {"Content-Type": kind, **(self.headers or {})}
        return urllib.request.Request(self.root + self.path, body.encode(), headers, method="POST")
