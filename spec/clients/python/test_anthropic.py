"""anthropic and langchain-anthropic against the server."""

import asyncio
import json

import anthropic
import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.tools import tool
from pydantic import BaseModel

TEXT = "Hello from the fake backend: one, two, three."
REASONING = "Thinking about what was asked."
HELLO = {
    "model": "claude-opus-5-5",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Hello"}],
}
THINKING = {"type": "enabled", "budget_tokens": 1024}
WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture
def client(server):
    with anthropic.Anthropic(base_url=server.url, api_key="none", max_retries=0) as opened:
        yield opened


def test_plain(client):
    message = client.messages.create(**HELLO, system="Be brief.")
    assert [block.type for block in message.content] == ["text"]
    assert message.content[0].text == TEXT
    assert (message.stop_reason, message.stop_sequence) == ("end_turn", None)
    assert (message.usage.input_tokens, message.usage.cache_read_input_tokens) == (13, 8)
    assert message._request_id.startswith("req_")


def test_stream(client):
    with client.messages.stream(**HELLO, thinking=THINKING) as stream:
        text = "".join(stream.text_stream)
        message = stream.get_final_message()
    assert text == TEXT
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert message.content[0].thinking == REASONING
    assert message.content[0].signature
    assert message.usage.output_tokens == 13


def test_async_stream(server):
    async def ask():
        async with anthropic.AsyncAnthropic(base_url=server.url, api_key="none", max_retries=0) as client:
            return [event async for event in await client.messages.create(**HELLO, stream=True)]

    events = asyncio.run(ask())
    assert (events[0].type, events[-1].type) == ("message_start", "message_stop")
    deltas = [event.delta.text for event in events if event.type == "content_block_delta"]
    assert "".join(deltas) == TEXT


def test_stop_sequence(client):
    message = client.messages.create(**HELLO, stop_sequences=["two"])
    assert message.content[0].text == "Hello from the fake backend: one, "
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", "two")


@pytest.mark.parametrize("is_streamed", [False, True])
def test_tool_loop(server, client, is_streamed):
    def send(messages):
        body = {**HELLO, "messages": messages, "tools": [WEATHER], "thinking": THINKING}
        if not is_streamed:
            return client.messages.create(**body)
        with client.messages.stream(**body) as stream:
            return stream.get_final_message()

    messages = [{"role": "user", "content": "Use get_weather."}]
    first = send(messages)
    assert first.stop_reason == "tool_use"
    call = first.content[-1]
    assert (call.name, call.input) == ("get_weather", {"city": "city"})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny in city"}
    second = send([*messages, {"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}])
    assert second.content[-1].text == "The tools answered: sunny in city."
    assert any(item["type"] == "reasoning" for item in server.requests[-1]["body"]["input"])


def test_tool_runner(server, client):
    @anthropic.beta_tool
    def get_weather(city: str) -> str:
        """The weather of a city.

        Args:
            city: Its name.
        """
        return f"sunny in {city}"

    runner = client.beta.messages.tool_runner(
        **{**HELLO, "messages": [{"role": "user", "content": "Use get_weather."}]}, tools=[get_weather]
    )
    message = runner.until_done()
    assert message.content[-1].text == "The tools answered: sunny in city."
    assert len(server.requests) == 2


def test_thread_is_held(server, client):
    first = client.messages.create(**HELLO, extra_body={"thread": {"type": "create"}})
    thread = {"type": "continue", "previous_message_id": first.id}
    client.messages.create(**HELLO, extra_body={"thread": thread})
    begun, continued = (request["body"]["input"] for request in server.requests)
    assert continued[: len(begun)] == begun and continued[-len(begun) :] == begun
    assert len(continued) > 2 * len(begun)
    with pytest.raises(anthropic.APIStatusError, match="continue"):
        client.messages.create(**HELLO, extra_body={"thread": thread})


def test_structured_output(client):
    message = client.messages.parse(**HELLO, output_format=Person)
    assert message.parsed_output == Person(name="name", age=1)


def test_count_tokens(client):
    counted = client.messages.count_tokens(model=HELLO["model"], messages=HELLO["messages"], tools=[WEATHER])
    assert 10 < counted.input_tokens < 100


def test_models(client):
    ids = [model.id for model in client.models.list(limit=2)]
    assert len(ids) > 2 and len(set(ids)) == len(ids)
    assert client.models.retrieve(ids[0]).id == ids[0]


def test_errors(server, client):
    with pytest.raises(anthropic.BadRequestError, match="max_tokens: "):
        client.post("/v1/messages", cast_to=object, body={k: v for k, v in HELLO.items() if k != "max_tokens"})
    with pytest.raises(anthropic.NotFoundError) as unknown:
        client.messages.create(**{**HELLO, "model": "nobody-has-it"})
    assert unknown.value.type == "not_found_error"
    server.refuse(429, {"error": {"type": "usage_limit_reached", "message": "Reached.", "resets_in_seconds": 600}})
    with pytest.raises(anthropic.RateLimitError, match="Reached"):
        client.messages.create(**HELLO)
    server.reply("Half", end={"failed": {"code": "server_is_overloaded", "message": "Too much."}})
    with pytest.raises(anthropic.APIStatusError) as broken:
        list(client.messages.create(**HELLO, stream=True))
    assert json.dumps(broken.value.body).count("overloaded_error") == 1


def test_langchain(server):
    llm = ChatAnthropic(model=HELLO["model"], base_url=server.url, api_key="none", max_tokens=1024, max_retries=0)
    plain = llm.invoke("Hello")
    assert plain.content == TEXT
    chunks = list(llm.stream("Hello"))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    assert whole.content == TEXT
    usage = ("input_tokens", "output_tokens", "total_tokens")
    assert [whole.usage_metadata[key] for key in usage] == [plain.usage_metadata[key] for key in usage] == [21, 13, 34]

    @tool
    def get_weather(city: str) -> str:
        """The weather of a city."""
        return f"sunny in {city}"

    calls = llm.bind_tools([get_weather]).invoke("Use get_weather.").tool_calls
    assert [(call["name"], call["args"]) for call in calls] == [("get_weather", {"city": "city"})]
