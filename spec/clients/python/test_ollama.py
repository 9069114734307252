"""Ollama's own Python client, and the LangChain and LlamaIndex models for Ollama, against the server."""

import asyncio
import base64
import json

import ollama
import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.tools import tool
from langchain_ollama import ChatOllama
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.ollama import Ollama as LlamaIndexOllama
from pydantic import BaseModel

TEXT = "Hello from the fake backend: one, two, three."
THINKING = "Thinking about what was asked."
MODEL = "gpt-5.5"
HELLO = [{"role": "user", "content": "Hello"}]
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk")


class Person(BaseModel):
    name: str
    age: int


def get_time(zone: str) -> str:
    """The time of a zone.

    Args:
        zone: The zone.
    """
    return f"noon in {zone}"


@pytest.fixture
def base_url(server):
    return server.base_url.removesuffix("/v1")


@pytest.fixture
def client(base_url):
    return ollama.Client(host=base_url)


# ollama


def test_ollama_chat(client):
    answer = client.chat(MODEL, HELLO, think=True, options={"temperature": 0}, keep_alive="5m")
    assert (answer.message.content, answer.message.thinking) == (TEXT, THINKING)
    assert (answer.done, answer.done_reason) == (True, "stop")
    assert (answer.prompt_eval_count, answer.eval_count) == (21, 13)
    assert answer.total_duration > 0


def test_ollama_stream(client):
    parts = list(client.chat(MODEL, HELLO, stream=True))
    assert "".join(part.message.content or "" for part in parts) == TEXT
    assert "".join(part.message.thinking or "" for part in parts) == THINKING
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]


def test_ollama_async_stream(base_url):
    async def ask():
        stream = await ollama.AsyncClient(host=base_url).chat(MODEL, HELLO, stream=True)
        return "".join([part.message.content or "" async for part in stream])

    assert asyncio.run(ask()) == TEXT


def test_ollama_generate(client, server):
    assert client.generate(MODEL, "Hello", system="Be brief.").response == TEXT
    assert server.requests[-1]["body"]["instructions"] == "Be brief."
    assert "".join(part.response for part in client.generate(MODEL, "Hello", stream=True)) == TEXT
    assert client.generate(MODEL, "").done_reason == "load"


def test_ollama_tools(client, server):
    server.reply([{"call": "get_time", "arguments": {"zone": "UTC"}}])
    answer = client.chat(MODEL, HELLO, tools=[get_time])
    [call] = answer.message.tool_calls
    assert (call.function.name, call.function.arguments) == ("get_time", {"zone": "UTC"})
    result = {"role": "tool", "tool_name": "get_time", "content": get_time(**call.function.arguments)}
    last = client.chat(MODEL, [*HELLO, answer.message, result], tools=[get_time])
    assert last.message.content == "The tools answered: noon in UTC."


def test_ollama_streamed_tools(client, server):
    server.reply([{"text": "Looking."}, {"call": "get_time", "arguments": {"zone": "UTC"}}])
    parts = client.chat(MODEL, HELLO, tools=[get_time], stream=True)
    calls = [call for part in parts for call in part.message.tool_calls or []]
    assert [call.function.arguments for call in calls] == [{"zone": "UTC"}]


def test_ollama_image_and_schema(client, server):
    schema = Person.model_json_schema()
    answer = client.chat(MODEL, [{"role": "user", "content": "Who?", "images": [PNG]}], format=schema)
    assert isinstance(Person.model_validate_json(answer.message.content), Person)
    assert "data:image/png;base64," in json.dumps(server.requests[-1]["body"]["input"])


def test_ollama_models(client):
    assert MODEL in [model.model for model in client.list().models]
    card = client.show(MODEL)
    assert "tools" in card.capabilities
    assert card.modelinfo["general.architecture"] == "gpt"
    running = client.ps().models
    assert [model.model for model in running] == [model.model for model in client.list().models]
    assert all(model.expires_at is not None and model.size_vram == 0 for model in running)
    assert client.pull(MODEL).status == "success"


def test_ollama_errors(client, server):
    with pytest.raises(ollama.ResponseError, match="model 'nope' not found") as raised:
        client.chat("nope", HELLO)
    assert raised.value.status_code == 404
    with pytest.raises(ollama.ResponseError, match="does not serve embeddings"):
        client.embed(MODEL, "Hello")
    server.reply("One two", end="none")
    with pytest.raises(ollama.ResponseError, match="closed the stream"):
        list(client.chat(MODEL, HELLO, stream=True))


# LangChain


def langchain(base_url, **fields):
    return ChatOllama(base_url=base_url, model=MODEL, **fields)


def test_langchain(base_url, server):
    answer = langchain(base_url, temperature=0).invoke([SystemMessage("Be brief."), HumanMessage("Hello")])
    assert answer.text == TEXT
    assert answer.usage_metadata["total_tokens"] == 34
    assert server.requests[-1]["body"]["instructions"] == "Be brief."


def test_langchain_reasoning(base_url):
    chunks = list(langchain(base_url, reasoning=True).stream("Hello"))
    assert "".join(chunk.text for chunk in chunks) == TEXT
    assert "".join(chunk.additional_kwargs.get("reasoning_content", "") for chunk in chunks) == THINKING


def test_langchain_tools(base_url, server):
    bound = langchain(base_url).bind_tools([tool(get_time)])
    server.reply([{"call": "get_time", "arguments": {"zone": "UTC"}}])
    asked = HumanMessage("When?")
    answer = bound.invoke([asked])
    [call] = answer.tool_calls
    assert (call["name"], call["args"]) == ("get_time", {"zone": "UTC"})
    assert bound.invoke([asked, answer, tool(get_time).invoke(call)]).text == "The tools answered: noon in UTC."


def test_langchain_structured_output(base_url):
    assert isinstance(langchain(base_url).with_structured_output(Person).invoke("Who?"), Person)


# LlamaIndex


def llama_index(base_url, **fields):
    return LlamaIndexOllama(base_url=base_url, model=MODEL, request_timeout=60, **fields)


def test_llama_index(base_url):
    llm = llama_index(base_url)
    hello = [ChatMessage(role="user", content="Hello")]
    assert llm.chat(hello).message.content == TEXT
    assert list(llm.stream_chat(hello))[-1].message.content == TEXT
    assert llm.complete("Hello").text == TEXT
    assert "".join(part.delta for part in llm.stream_complete("Hello")) == TEXT


def test_llama_index_tools(base_url, server):
    server.reply([{"call": "get_time", "arguments": {"zone": "UTC"}}])
    answer = llama_index(base_url).predict_and_call([FunctionTool.from_defaults(get_time)], user_msg="When?")
    assert answer.response == "noon in UTC"


def test_llama_index_structured_output(base_url):
    person = llama_index(base_url).as_structured_llm(Person).chat([ChatMessage(role="user", content="Who?")]).raw
    assert isinstance(person, Person)
