"""Every Python client in front of every provider: an answer, a stream, and a whole loop with a tool."""

import asyncio
import json

import anthropic
import ollama
import openai
import pytest
from agents import (
    Agent,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai import OpenAIResponses
from llama_index.llms.openai_like import OpenAILike
from openai.types.responses import ResponseTextDeltaEvent

# By the path at which each is asked; the demo is asked at none.
PATHS = {
    "chatgpt": "/backend-api/codex/responses",
    "copilot over /responses": "/individual/responses",
    "copilot over /chat/completions": "/individual/chat/completions",
    "copilot over /v1/messages": "/individual/v1/messages",
    "openai-compatible with Chat alone": "/v1/chat/completions",
    "demo": None,
}
HELLO = "Hello"
QUESTION = "What is the weather in Oslo?"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}

set_tracing_disabled(True)


def weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


class OpenAIChat:
    def __init__(self, server):
        self.model = server.model
        self.client = openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0)

    def plain(self):
        messages = [{"role": "user", "content": HELLO}]
        return self.client.chat.completions.create(model=self.model, messages=messages).choices[0].message.content

    def stream(self):
        messages = [{"role": "user", "content": HELLO}]
        chunks = self.client.chat.completions.create(model=self.model, messages=messages, stream=True)
        return [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]

    def ask(self, messages):
        tools = [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA, "strict": True}}]
        with self.client.chat.completions.stream(model=self.model, messages=messages, tools=tools) as stream:
            return stream.get_final_completion().choices[0].message

    def loop(self):
        messages = [{"role": "user", "content": QUESTION}]
        message = self.ask(messages)
        messages.append(message)
        for call in message.tool_calls:
            content = weather(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
        return self.ask(messages).content


class OpenAIResponsesApi(OpenAIChat):
    def plain(self):
        return self.client.responses.create(model=self.model, input=HELLO).output_text

    def stream(self):
        events = self.client.responses.create(model=self.model, input=HELLO, stream=True)
        return [event.delta for event in events if event.type == "response.output_text.delta"]

    def ask(self, items):
        tools = [{"type": "function", "name": "weather", "parameters": SCHEMA, "strict": True}]
        with self.client.responses.stream(model=self.model, input=items, tools=tools, store=False) as stream:
            return stream.get_final_response()

    def loop(self):
        items = [{"role": "user", "content": QUESTION}]
        output = self.ask(items).output
        items += output
        for call in output:
            if call.type == "function_call":
                result = weather(**json.loads(call.arguments))
                items.append({"type": "function_call_output", "call_id": call.call_id, "output": result})
        return self.ask(items).output_text


class Agents:
    kind = OpenAIResponsesModel

    def __init__(self, server):
        self.server = server

    def agent(self, tools=()):
        connection = openai.AsyncOpenAI(base_url=self.server.base_url, api_key="none", max_retries=0)
        model = self.kind(model=self.server.model, openai_client=connection)
        return Agent(name="Helper", instructions="Be brief.", model=model, tools=list(tools))

    def plain(self):
        return asyncio.run(Runner.run(self.agent(), HELLO)).final_output

    def pieces(self, prompt, tools=()):
        async def ask():
            result = Runner.run_streamed(self.agent(tools), prompt)
            return [
                event.data.delta
                async for event in result.stream_events()
                if event.type == "raw_response_event" and isinstance(event.data, ResponseTextDeltaEvent)
            ]

        return asyncio.run(ask())

    def stream(self):
        return self.pieces(HELLO)

    def loop(self):
        return "".join(self.pieces(QUESTION, [function_tool(weather)]))


class AgentsChat(Agents):
    kind = OpenAIChatCompletionsModel


class LangChain:
    uses_responses = False

    def __init__(self, server):
        self.llm = ChatOpenAI(
            base_url=server.base_url,
            api_key="none",
            model=server.model,
            use_responses_api=self.uses_responses,
            max_retries=0,
        )

    def plain(self):
        return self.llm.invoke(HELLO).text

    def stream(self):
        return [chunk.text for chunk in self.llm.stream(HELLO)]

    def loop(self):
        bound = self.llm.bind_tools([tool(weather)])
        messages = [HumanMessage(QUESTION)]
        chunks = list(bound.stream(messages))
        messages.append(sum(chunks[1:], chunks[0]))
        for call in messages[-1].tool_calls:
            messages.append(ToolMessage(weather(**call["args"]), tool_call_id=call["id"]))
        return "".join(chunk.text for chunk in bound.stream(messages))


class LangChainResponses(LangChain):
    uses_responses = True


class LlamaIndexLike:
    def __init__(self, server):
        self.llm = OpenAILike(
            api_base=server.base_url,
            api_key="none",
            model=server.model,
            is_chat_model=True,
            is_function_calling_model=True,
            max_retries=0,
        )

    def plain(self):
        return self.llm.chat([ChatMessage(content=HELLO)]).message.content

    def stream(self):
        return [part.delta or "" for part in self.llm.stream_chat([ChatMessage(content=HELLO)])]

    def loop(self):
        tools = [FunctionTool.from_defaults(weather)]
        history = [ChatMessage(content=QUESTION)]
        *_, answer = self.llm.stream_chat_with_tools(tools=tools, chat_history=history)
        history.append(answer.message)
        for call in self.llm.get_tool_calls_from_response(answer):
            linked = {"tool_call_id": call.tool_id, "call_id": call.tool_id}
            history.append(ChatMessage(role="tool", content=weather(**call.tool_kwargs), additional_kwargs=linked))
        *_, last = self.llm.stream_chat_with_tools(tools=tools, chat_history=history)
        return last.message.content


class LlamaIndexResponses(LlamaIndexLike):
    def __init__(self, server):
        self.llm = OpenAIResponses(
            api_base=server.base_url,
            api_key="none",
            model=server.model,
            context_window=128000,
            max_retries=0,
        )


class Anthropic:
    def __init__(self, server):
        self.client = anthropic.Anthropic(base_url=server.url, api_key="none", max_retries=0)
        self.hello = {"model": server.model, "max_tokens": 1024, "messages": [{"role": "user", "content": HELLO}]}

    def plain(self):
        return self.text_of(self.client.messages.create(**self.hello))

    @staticmethod
    def text_of(message):
        return "".join(block.text for block in message.content if block.type == "text")

    def stream(self):
        with self.client.messages.stream(**self.hello) as stream:
            return list(stream.text_stream)

    def ask(self, messages):
        tools = [{"name": "weather", "description": "The weather of a city.", "input_schema": SCHEMA}]
        with self.client.messages.stream(**{**self.hello, "messages": messages}, tools=tools) as stream:
            return stream.get_final_message()

    def loop(self):
        messages = [{"role": "user", "content": QUESTION}]
        content = self.ask(messages).content
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": weather(**block.input)}
            for block in content
            if block.type == "tool_use"
        ]
        messages += [{"role": "assistant", "content": content}, {"role": "user", "content": results}]
        return self.text_of(self.ask(messages))


class Ollama:
    def __init__(self, server):
        self.model = server.model
        self.client = ollama.Client(host=server.url)

    def plain(self):
        return self.client.chat(self.model, [{"role": "user", "content": HELLO}]).message.content

    def stream(self):
        parts = self.client.chat(self.model, [{"role": "user", "content": HELLO}], stream=True)
        return [part.message.content or "" for part in parts]

    def loop(self):
        messages = [{"role": "user", "content": QUESTION}]
        for part in list(self.client.chat(self.model, messages, tools=[weather], stream=True)):
            if part.message.tool_calls:
                messages.append(part.message)
                for call in part.message.tool_calls:
                    content = weather(**call.function.arguments)
                    messages.append({"role": "tool", "tool_name": call.function.name, "content": content})
        parts = self.client.chat(self.model, messages, tools=[weather], stream=True)
        return "".join(part.message.content or "" for part in parts)


CLIENTS = [
    OpenAIChat,
    OpenAIResponsesApi,
    Agents,
    AgentsChat,
    LangChain,
    LangChainResponses,
    LlamaIndexLike,
    LlamaIndexResponses,
    Anthropic,
    Ollama,
]


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize(("provider", "path"), PATHS.items(), ids=list(PATHS))
def test_client(serve, provider, path, kind):
    server = serve(provider)
    before = len(server.requests)
    client = kind(server)
    is_demo = path is None
    text = "You said: Hello" if is_demo else "A plain answer."

    server.reply("A plain answer.", id="plain")
    assert text in client.plain()
    server.reply("A plain answer.", id="stream")
    pieces = [piece for piece in client.stream() if piece]
    assert text in "".join(pieces) and len(pieces) > 1

    server.reply([{"call": "weather", "arguments": {"city": "Oslo"}, "callId": "call_oslo"}], id="call")
    server.reply("Sunny.", id="last")
    last = client.loop()
    if is_demo:
        assert "The tools answered. weather: sunny in Oslo" in last
        return
    assert last == "Sunny."
    [call], [result] = server.tool_turns["calls"], server.tool_turns["results"]
    assert (call["name"], call["arguments"]) == ("weather", {"city": "Oslo"})
    assert result == {"id": call["id"], "text": "sunny in Oslo"}
    # Ollama's messages name no call.
    assert kind is Ollama or call["id"] == "call_oslo"
    # A parameter that a model of Copilot does not take is refused once, and left out from then on.
    asked = [(request["path"], request["status"]) for request in server.requests[before:]]
    assert asked[-4:] == [(path, 200)] * 4 and (len(asked) == 4 or path.startswith("/individual"))
