"""The Completions API: openai, and LangChain's and LlamaIndex' models for it."""

import openai
import pytest
from langchain_openai import OpenAI as LangChainOpenAI
from llama_index.llms.openai_like import OpenAILike

TEXT = "Hello from the fake backend: one, two, three."
MODEL = "gpt-5.5"


@pytest.fixture
def client(server):
    with openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as opened:
        yield opened


def test_openai(client):
    answer = client.completions.create(model=MODEL, prompt=["A", "B"], n=2, echo=True)
    assert [(choice.index, choice.text) for choice in answer.choices] == [
        (0, f"A{TEXT}"),
        (1, f"A{TEXT}"),
        (2, f"B{TEXT}"),
        (3, f"B{TEXT}"),
    ]
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_openai_stream(client):
    stream = client.completions.create(
        model=MODEL, prompt="Once", stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert "".join(chunk.choices[0].text for chunk in chunks if chunk.choices) == TEXT
    assert chunks[-1].usage.total_tokens == 34


def test_openai_error(client):
    with pytest.raises(openai.BadRequestError) as raised:
        client.completions.create(model=MODEL, prompt=["A", 1])
    assert raised.value.param == "prompt"


def test_langchain(server):
    llm = LangChainOpenAI(base_url=server.base_url, api_key="none", model=MODEL, max_retries=0)
    assert llm.invoke("Once") == TEXT
    assert llm.batch([f"Number {index}" for index in range(12)]) == [TEXT] * 12
    assert "".join(llm.stream("Once")) == TEXT


def test_llama_index(server):
    llm = OpenAILike(api_base=server.base_url, api_key="none", model=MODEL, is_chat_model=False, max_retries=0)
    assert llm.complete("Once").text == TEXT
    assert "".join(part.delta for part in llm.stream_complete("Once")) == TEXT
