"""Starts a server in front of a provider's fake (spec/support/serve-fake.ts) and talks to the fake."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Server:
    """The process: its address, and its script line by line."""

    def __init__(self, provider="chatgpt"):
        # npm's own bin folder first: the repository brings the Node it needs.
        path = f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
        self.process = subprocess.Popen(
            ["node", "spec/support/serve-fake.ts", provider],
            cwd=ROOT,
            env={**os.environ, "PATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started = self._read()
        self.url = started["url"]
        self.base_url = self.url + "/v1"
        self.model = started["model"]

    def _read(self):
        line = self.process.stdout.readline()
        assert line, "serve-fake.ts ended"
        return json.loads(line)

    def _do(self, command, **fields):
        self.process.stdin.write(json.dumps({"do": command, **fields}) + "\n")
        self.process.stdin.flush()
        return self._read()

    def reply(self, script, **options):
        """Queues the answer to one request: a text, or a list of items as `scriptAnswer` takes them."""
        delivery = options.pop("delivery", {})
        self._do("reply", script=script, options=options, delivery=delivery)

    def refuse(self, status, body):
        self._do("refuse", status=status, body=body)

    def resume(self):
        """Lets the last answer go on, which its delivery has paused."""
        self._do("resume")

    @property
    def requests(self):
        return self._do("requests")

    @property
    def tool_turns(self):
        """What the last request tells of tools, in whichever API it was: `calls` and `results`."""
        return self._do("toolTurns")

    def was_left(self):
        """Did the last request's other side leave before the answer was complete? Waits until it is over."""
        return self._do("aborted")

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def stop(running):
    running.close()
    assert running.process.returncode == 0


@pytest.fixture
def server():
    running = Server()
    yield running
    stop(running)


@pytest.fixture(scope="session")
def serve():
    """Gives the server in front of a provider, one for all tests: each is a process, which takes a while to start."""
    running = {}

    def serve_one(provider):
        if provider not in running:
            running[provider] = Server(provider)
        return running[provider]

    yield serve_one
    for one in running.values():
        stop(one)
