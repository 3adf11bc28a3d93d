"""The model over HTTP."""

import json
import os
import urllib.request
from dataclasses import dataclass


class ModelFailed(Exception):
    """The model gave no answer: it was too slow, too busy or not there."""


@dataclass
class HttpModel:
    url: str
    seconds: float = 2.0

    @classmethod
    def from_environment(cls) -> "HttpModel":
        return cls(os.environ["MODEL_URL"])

    def complete(self, messages: list[str]) -> str:
        body = json.dumps({"messages": messages}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as response:
                return json.load(response)["text"]
        except (OSError, ValueError, KeyError) as error:
            raise ModelFailed(str(error)) from error
