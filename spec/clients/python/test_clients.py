"""openai, langchain-openai and llama-index against the server."""

import asyncio
import json

import openai
import pytest
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from llama_index.core import PromptTemplate
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.program import LLMTextCompletionProgram
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

TEXT = "Hello from the fake backend: one, two, three."
MODEL = "gpt-5.5"
HELLO = [{"role": "user", "content": "Hello"}]
USE_BOTH = "Use get_weather and get_time."
CALLS = [("get_weather", {"city": "city"}), ("get_time", {"zone": "zone"})]
TOOL_ANSWER = "The tools answered: sunny in city, noon in zone."


class Person(BaseModel):
    name: str
    age: int
    tags: list[str]


def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


def get_time(zone: str) -> str:
    """The time of a zone."""
    return f"noon in {zone}"


FUNCTIONS = {"get_weather": get_weather, "get_time": get_time}


def function_tool(name, parameter):
    parameters = {"type": "object", "properties": {parameter: {"type": "string"}}, "required": [parameter]}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


TOOLS = [function_tool("get_weather", "city"), function_tool("get_time", "zone")]


# openai


def openai_arguments(call):
    return json.loads(call.function.arguments)


@pytest.fixture
def client(server):
    with openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as opened:
        yield opened


def test_openai_plain(client):
    answer = client.chat.completions.create(model=MODEL, messages=HELLO, temperature=0, user="someone")
    assert answer.choices[0].message.content == TEXT
    assert answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (21, 13, 34)


def test_openai_stream(client):
    stream = client.chat.completions.create(
        model=MODEL, messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == TEXT
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 34


def test_openai_async_stream(server):
    async def ask():
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="none") as opened:
            stream = await opened.chat.completions.create(model=MODEL, messages=HELLO, stream=True)
            return [chunk.choices[0].delta.content or "" async for chunk in stream]

    assert "".join(asyncio.run(ask())) == TEXT


def test_openai_tool_loop(client, server):
    messages = [{"role": "user", "content": USE_BOTH}]
    answer = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
    message = answer.choices[0].message
    assert answer.choices[0].finish_reason == "tool_calls" and message.content is None
    assert [call.function.name for call in message.tool_calls] == ["get_weather", "get_time"]
    messages.append(message)
    for call in message.tool_calls:
        result = FUNCTIONS[call.function.name](*openai_arguments(call).values())
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    second = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
    assert second.choices[0].message.content == TOOL_ANSWER
    assert [request["status"] for request in server.requests] == [200, 200]


def test_openai_streamed_tools(client):
    messages = [{"role": "user", "content": USE_BOTH}]
    with client.chat.completions.stream(model=MODEL, messages=messages, tools=TOOLS) as stream:
        done = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
        final = stream.get_final_completion()
    assert [(event.name, event.index) for event in done] == [("get_weather", 0), ("get_time", 1)]
    assert [openai_arguments(call) for call in final.choices[0].message.tool_calls] == [args for _, args in CALLS]


def test_openai_parse(client, server):
    answer = client.chat.completions.parse(model=MODEL, messages=HELLO, response_format=Person)
    assert answer.choices[0].message.parsed == Person(name="name", age=1, tags=["tags"])
    assert server.requests[-1]["body"]["text"]["format"]["strict"] is True
    with client.chat.completions.stream(model=MODEL, messages=HELLO, response_format=Person) as stream:
        assert stream.get_final_completion().choices[0].message.parsed == answer.choices[0].message.parsed


def test_openai_json_mode(client):
    messages = [{"role": "system", "content": "Answer in JSON."}, *HELLO]
    answer = client.chat.completions.create(model=MODEL, messages=messages, response_format={"type": "json_object"})
    assert answer.choices[0].message.content == '{"answer":"sample"}'


def test_openai_reasoning_and_refusal(client, server):
    answer = client.chat.completions.create(model=MODEL, messages=HELLO, reasoning_effort="high")
    assert answer.choices[0].message.reasoning_content
    assert server.requests[-1]["body"]["reasoning"]["effort"] == "high"
    server.reply([{"refusal": "I cannot help with that."}])
    answer = client.chat.completions.parse(model=MODEL, messages=HELLO, response_format=Person)
    assert answer.choices[0].message.refusal == "I cannot help with that."
    assert answer.choices[0].message.parsed is None


def test_openai_choices_stop_and_limit(client, server):
    answer = client.chat.completions.create(model=MODEL, messages=HELLO, n=2, stop=", two")
    assert [choice.message.content for choice in answer.choices] == ["Hello from the fake backend: one"] * 2
    answer = client.chat.completions.create(model=MODEL, messages=HELLO, max_tokens=2)
    assert answer.choices[0].finish_reason == "length"
    assert TEXT.startswith(answer.choices[0].message.content)


def test_openai_models(client):
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).id == MODEL


def test_openai_errors(client, server):
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": [{"type": "picture"}]}])
    assert bad.value.param == "messages[0].content[0].type"
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="gpt-nope", messages=HELLO)
    server.refuse(500, {"error": {"message": "boom", "type": "server_error"}})
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model=MODEL, messages=HELLO)


def test_openai_does_not_repeat_at_a_reached_limit(server):
    error = {"type": "usage_limit_reached", "message": "The usage limit has been reached", "resets_in_seconds": 602705}
    server.refuse(429, {"error": error})
    with openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=2) as client:
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(model=MODEL, messages=HELLO)
    assert len(server.requests) == 1


def test_openai_error_in_the_stream(client, server):
    server.reply("Half an answer", end={"failed": {"code": "server_error", "message": "Broken"}})
    text = ""
    with pytest.raises(openai.APIError):
        for chunk in client.chat.completions.create(model=MODEL, messages=HELLO, stream=True):
            text += chunk.choices[0].delta.content or ""
    assert text == "Half an answer"


def test_openai_leaving_lets_go_of_the_upstream(client, server):
    server.reply("A long answer", end="none", delivery={"hang": True})
    stream = client.chat.completions.create(model=MODEL, messages=HELLO, stream=True)
    next(chunk for chunk in stream if chunk.choices[0].delta.content)
    stream.close()
    assert server.was_left() is True


# langchain-openai


@pytest.fixture
def langchain(server):
    return ChatOpenAI(model=MODEL, base_url=server.base_url, api_key="none", max_retries=0, stream_usage=True)


def test_langchain_plain_and_stream(langchain):
    answer = langchain.invoke([SystemMessage("Be brief."), HumanMessage("Hello")])
    assert answer.content == TEXT
    assert answer.usage_metadata["total_tokens"] == 34
    chunks = list(langchain.stream("Hello"))
    whole = sum(chunks[1:], chunks[0])
    assert whole.content == TEXT and len(chunks) > 2
    assert whole.usage_metadata["total_tokens"] == 34


@pytest.mark.parametrize("is_streamed", [False, True])
def test_langchain_tool_loop(langchain, is_streamed):
    model = langchain.bind_tools([tool(get_weather), tool(get_time)])
    messages = [HumanMessage(USE_BOTH)]
    if is_streamed:
        chunks = list(model.stream(messages))
        answer = sum(chunks[1:], chunks[0])
    else:
        answer = model.invoke(messages)
    assert [(call["name"], call["args"]) for call in answer.tool_calls] == CALLS
    messages.append(answer)
    for call in answer.tool_calls:
        messages.append(ToolMessage(FUNCTIONS[call["name"]](**call["args"]), tool_call_id=call["id"]))
    assert model.invoke(messages).content == TOOL_ANSWER


def test_langchain_async_and_batch(langchain):
    async def ask():
        chunks = [chunk async for chunk in langchain.astream("Hello")]
        return sum(chunks[1:], chunks[0]), await langchain.abatch(["Hello", "Hi"])

    whole, answers = asyncio.run(ask())
    assert whole.content == TEXT and whole.usage_metadata["total_tokens"] == 34
    assert whole.response_metadata["finish_reason"] == "stop"
    assert [answer.content for answer in [*answers, *langchain.batch(["Hello", "Hi"])]] == [TEXT] * 4


def test_langchain_usage_details_and_choices(langchain):
    usage = langchain.invoke("Hello").usage_metadata
    assert usage["input_token_details"]["cache_read"] == 8
    assert usage["output_token_details"]["reasoning"] == 5
    generations = langchain.generate([[HumanMessage("Hello")]], n=2).generations[0]
    assert [generation.text for generation in generations] == [TEXT] * 2


def test_langchain_tool_choice_stop_and_images(langchain, server):
    model = langchain.bind_tools([tool(get_weather), tool(get_time)], tool_choice="get_time", strict=False)
    assert [call["name"] for call in model.invoke("Which tool?").tool_calls] == ["get_time"]
    assert langchain.invoke("Hello", stop=[", two"]).content == "Hello from the fake backend: one"
    image = {"type": "image", "base64": "AAAA", "mime_type": "image/png"}
    assert langchain.invoke([HumanMessage([{"type": "text", "text": "What is it?"}, image])]).content == TEXT
    assert server.requests[-1]["body"]["input"][0]["content"][1]["image_url"] == "data:image/png;base64,AAAA"


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
def test_langchain_structured_output(langchain, server, method):
    if method == "json_mode":
        server.reply('{"name": "name", "age": 1, "tags": ["tags"]}')
    model = langchain.with_structured_output(Person, method=method)
    assert model.invoke("Describe a person as JSON.") == Person(name="name", age=1, tags=["tags"])


def test_langchain_streamed_structured_output(langchain):
    model = langchain.with_structured_output(Person, method="json_schema")
    assert list(model.stream("A person"))[-1] == Person(name="name", age=1, tags=["tags"])


def test_langchain_error(langchain, server):
    server.refuse(429, {"error": {"type": "usage_limit_reached", "message": "Reached", "resets_in_seconds": 602705}})
    with pytest.raises(openai.RateLimitError):
        langchain.invoke("Hello")


# llama-index


@pytest.fixture
def llama(server):
    return OpenAILike(
        model=MODEL,
        api_base=server.base_url,
        api_key="none",
        is_chat_model=True,
        is_function_calling_model=True,
        max_retries=0,
    )


def test_llama_index_plain_and_stream(llama):
    messages = [ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content="Hello")]
    assert llama.chat(messages).message.content == TEXT
    assert llama.complete("Hello").text == TEXT
    parts = list(llama.stream_chat(messages))
    assert "".join(part.delta for part in parts) == TEXT
    assert parts[-1].message.content == TEXT


def test_llama_index_async(llama):
    async def ask():
        messages = [ChatMessage(role="user", content="Hello")]
        chat = "".join([part.delta async for part in await llama.astream_chat(messages)])
        completion = "".join([part.delta async for part in await llama.astream_complete("Hello")])
        return chat, completion, (await llama.achat(messages)).message.content

    assert asyncio.run(ask()) == (TEXT, TEXT, TEXT)


def test_llama_index_agent(llama, server):
    async def ask():
        agent = FunctionAgent(tools=list(FUNCTIONS.values()), llm=llama, system_prompt="Use tools.")
        return str(await agent.run(USE_BOTH))

    assert asyncio.run(ask()) == TOOL_ANSWER
    assert [request["status"] for request in server.requests] == [200, 200]


def test_llama_index_structured_predict(llama):
    person = Person(name="name", age=1, tags=["tags"])
    prompt = PromptTemplate("A person called {name}")
    assert llama.structured_predict(Person, prompt, name="Ann") == person
    *_, last = llama.stream_structured_predict(Person, prompt, name="Ann")
    assert last == person


@pytest.mark.parametrize("is_streamed", [False, True])
def test_llama_index_tool_loop(llama, is_streamed):
    tools = [FunctionTool.from_defaults(fn=function) for function in FUNCTIONS.values()]
    arguments = {"tools": tools, "user_msg": USE_BOTH, "allow_parallel_tool_calls": True}
    if is_streamed:
        *_, answer = llama.stream_chat_with_tools(**arguments)
    else:
        answer = llama.chat_with_tools(**arguments)
    calls = llama.get_tool_calls_from_response(answer)
    assert [(call.tool_name, call.tool_kwargs) for call in calls] == CALLS
    history = [ChatMessage(role="user", content=USE_BOTH), answer.message]
    for call in calls:
        result = FUNCTIONS[call.tool_name](**call.tool_kwargs)
        history.append(ChatMessage(role="tool", content=result, additional_kwargs={"tool_call_id": call.tool_id}))
    last = llama.chat_with_tools(tools=tools, chat_history=history)
    assert last.message.content == TOOL_ANSWER


def test_llama_index_structured_output(llama):
    person = Person(name="name", age=1, tags=["tags"])
    assert llama.as_structured_llm(Person).complete("A person").raw == person
    *_, last = llama.as_structured_llm(Person).stream_chat([ChatMessage(role="user", content="A person")])
    assert last.raw == person


def test_llama_index_structured_output_by_prompt(llama, server):
    server.reply('{"name": "name", "age": 1, "tags": ["tags"]}')
    program = LLMTextCompletionProgram.from_defaults(
        output_cls=Person, prompt_template_str="Describe a person as JSON.", llm=llama
    )
    assert program() == Person(name="name", age=1, tags=["tags"])


# Embeddings, from the demo


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def check_near(one, other, far):
    """The demo's vectors have length 1, and like texts get near ones."""
    assert abs(dot(one, one) - 1) < 1e-5
    assert dot(one, other) > dot(one, far) + 0.2


CAT, CATS, TAX = "The cat sat on the mat", "A cat is sitting on a mat", "Quarterly tax returns are due"


def test_openai_embeddings(client):
    # Asked for as base64 by default, and turned back into numbers by the SDK.
    answer = client.embeddings.create(model="demo-embeddings", input=[CAT, CATS, TAX])
    check_near(*(item.embedding for item in answer.data))
    assert answer.usage.prompt_tokens > 0
    as_numbers = client.embeddings.create(model="demo-embeddings", input=CAT, encoding_format="float", dimensions=8)
    assert len(as_numbers.data[0].embedding) == 8
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model="demo-embeddings", input="")
    assert refused.value.param == "input"


def test_langchain_embeddings(server):
    # Without its tokenizer, which it would have to download.
    embeddings = OpenAIEmbeddings(
        base_url=server.base_url,
        api_key="none",
        model="demo-embeddings",
        check_embedding_ctx_length=False,
        max_retries=0,
    )
    check_near(*embeddings.embed_documents([CAT, CATS, TAX]))
    assert len(embeddings.embed_query(CAT)) == 256


def test_llama_index_embeddings(server):
    embeddings = OpenAILikeEmbedding(api_base=server.base_url, api_key="none", model_name="demo-embeddings", max_retries=0)
    check_near(*embeddings.get_text_embedding_batch([CAT, CATS, TAX]))
    assert embeddings.get_query_embedding(CAT) == embeddings.get_text_embedding(CAT)
