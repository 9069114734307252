"""The Responses API: openai, openai-agents, langchain-openai and llama-index against the server."""

import asyncio
import json

import openai
import pytest
from agents import Agent, OpenAIResponsesModel, Runner, function_tool, set_tracing_disabled
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai import OpenAIResponses
from openai.types.responses import ResponseTextDeltaEvent
from pydantic import BaseModel

TEXT = "Hello from the fake backend: one, two, three."
MODEL = "gpt-5.5"
CONVERSATION = ["message", "reasoning", "function_call", "function_call_output"]
TOOL = {
    "type": "function",
    "name": "get_weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}

set_tracing_disabled(True)


class Person(BaseModel):
    name: str
    age: int


def script_weather(server):
    """A call of the tool, then the answer to its output."""
    server.reply([{"reasoning": ["Hm."]}, {"call": "get_weather", "arguments": {"city": "Oslo"}}], id="one")
    server.reply("It is sunny.", id="two")


def sent_types(server):
    return [item["type"] for item in server.requests[-1]["body"]["input"]]


@pytest.fixture
def client(server):
    with openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as opened:
        yield opened


# openai


def test_openai_plain(client):
    answer = client.responses.create(model=MODEL, input="Hello", temperature=0, metadata={"a": "b"})
    assert answer.output_text == TEXT
    assert answer.metadata == {"a": "b"}
    assert answer.usage.total_tokens == 34


def test_openai_stream(client):
    events = list(client.responses.create(model=MODEL, input="Hello", stream=True))
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == TEXT
    assert [event.sequence_number for event in events] == list(range(len(events)))
    with client.responses.stream(model=MODEL, input="Hello") as stream:
        kinds = {event.type for event in stream}
        assert {"response.created", "response.output_text.done", "response.completed"} <= kinds
        assert stream.get_final_response().output_text == TEXT


def test_openai_parse(client):
    answer = client.responses.parse(model=MODEL, input="Who?", text_format=Person)
    assert isinstance(answer.output_parsed, Person)
    with client.responses.stream(model=MODEL, input="Who?", text_format=Person) as stream:
        stream.until_done()
        assert isinstance(stream.get_final_response().output_parsed, Person)


@pytest.mark.parametrize("store", [True, False])
def test_openai_tool_loop(client, server, store):
    script_weather(server)
    question = [{"role": "user", "content": "Weather?"}]
    first = client.responses.create(model=MODEL, input=question, tools=[TOOL], store=store)
    call = next(item for item in first.output if item.type == "function_call")
    assert json.loads(call.arguments) == {"city": "Oslo"}
    output = [{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}]
    if store:
        again = {"input": output, "previous_response_id": first.id}
    else:
        again = {"input": question + first.output + output, "store": False}
    second = client.responses.create(model=MODEL, tools=[TOOL], **again)
    assert second.output_text == "It is sunny."
    assert sent_types(server) == CONVERSATION


def test_openai_kept(client):
    created = client.responses.create(model=MODEL, input="Hello")
    assert client.responses.retrieve(created.id).output_text == TEXT
    assert [item.type for item in client.responses.input_items.list(created.id)] == ["message"]
    assert client.responses.input_tokens.count(model=MODEL, input="Hello").input_tokens > 0
    client.responses.delete(created.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(created.id)
    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(model=MODEL, input="Hello", previous_response_id=created.id)
    assert refused.value.code == "previous_response_not_found"


def test_openai_failure_in_stream(client, server):
    server.reply("Some text", end={"failed": {"code": "server_error", "message": "Broken."}})
    events = list(client.responses.create(model=MODEL, input="Hello", stream=True))
    assert events[-1].type == "response.failed"
    assert events[-1].response.error.message == "Broken."


def test_openai_async(server):
    async def ask():
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0) as opened:
            async with opened.responses.stream(model=MODEL, input="Hello") as stream:
                return [event async for event in stream]

    assert asyncio.run(ask())[-1].type == "response.completed"


# openai-agents


@function_tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


def agent_of(server):
    connection = openai.AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0)
    model = OpenAIResponsesModel(model=MODEL, openai_client=connection)
    return Agent(name="Helper", instructions="Be brief.", model=model, tools=[get_weather])


def test_agents(server):
    script_weather(server)
    result = asyncio.run(Runner.run(agent_of(server), "Weather?"))
    assert result.final_output == "It is sunny."
    assert sent_types(server) == CONVERSATION


def test_agents_previous_response(server):
    async def talk():
        agent = agent_of(server)
        first = await Runner.run(agent, "Hello", auto_previous_response_id=True)
        server.reply("You are welcome.", id="three")
        return await Runner.run(agent, "Thanks", previous_response_id=first.last_response_id)

    script_weather(server)
    assert asyncio.run(talk()).final_output == "You are welcome."
    assert sent_types(server) == [*CONVERSATION, "message", "message"]


def test_agents_stream(server):
    async def ask():
        result = Runner.run_streamed(agent_of(server), "Weather?")
        deltas = [
            event.data.delta
            async for event in result.stream_events()
            if event.type == "raw_response_event" and isinstance(event.data, ResponseTextDeltaEvent)
        ]
        return "".join(deltas), result.final_output

    script_weather(server)
    assert asyncio.run(ask()) == ("It is sunny.", "It is sunny.")


# langchain-openai


def langchain(server, **fields):
    return ChatOpenAI(
        base_url=server.base_url, api_key="none", model=MODEL, use_responses_api=True, max_retries=0, **fields
    )


def test_langchain(server):
    llm = langchain(server, temperature=0, metadata={"a": "b"})
    answer = llm.invoke("Hello")
    assert answer.text == TEXT
    assert answer.usage_metadata["total_tokens"] == 34
    chunks = list(llm.stream("Hello"))
    assert "".join(chunk.text for chunk in chunks) == TEXT
    assert isinstance(llm.with_structured_output(Person).invoke("Who?"), Person)


@pytest.mark.parametrize("by_id", [True, False])
def test_langchain_tool_loop(server, by_id):
    @tool
    def get_weather(city: str) -> str:
        """The weather of a city."""
        return f"sunny in {city}"

    script_weather(server)
    llm = langchain(server, use_previous_response_id=by_id).bind_tools([get_weather])
    messages = [HumanMessage("Weather?")]
    messages.append(llm.invoke(messages))
    [call] = messages[-1].tool_calls
    assert call["args"] == {"city": "Oslo"}
    messages.append(ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"]))
    assert llm.invoke(messages).text == "It is sunny."
    assert sent_types(server) == CONVERSATION


def test_langchain_stream_with_reasoning(server):
    server.reply([{"reasoning": ["Let me see."]}, {"text": "Done."}])
    whole = None
    for chunk in langchain(server, reasoning={"effort": "low", "summary": "auto"}).stream("Hello"):
        whole = chunk if whole is None else whole + chunk
    assert whole.text == "Done."
    [thought] = [block for block in whole.content_blocks if block["type"] == "reasoning"]
    assert thought["reasoning"] == "Let me see."


# llama-index


def llama_index(server, **fields):
    return OpenAIResponses(
        api_base=server.base_url, api_key="none", model=MODEL, context_window=128000, max_retries=0, **fields
    )


def test_llama_index(server):
    llm = llama_index(server)
    assert llm.chat([ChatMessage(content="Hello")]).message.content == TEXT
    pieces = [piece.delta for piece in llm.stream_chat([ChatMessage(content="Hello")])]
    assert "".join(piece or "" for piece in pieces) == TEXT


@pytest.mark.parametrize("tracks", [True, False])
def test_llama_index_tool_loop(server, tracks):
    def get_weather(city: str) -> str:
        """The weather of a city."""
        return f"sunny in {city}"

    script_weather(server)
    llm = llama_index(server, track_previous_responses=tracks)
    weather = FunctionTool.from_defaults(get_weather)
    answer = llm.predict_and_call([weather], "Weather?")
    assert "sunny in Oslo" in str(answer)
