"""Answers in the background: openai polls them, follows them, loses them, goes on with them and stops them."""

import asyncio
import random
import time

import openai
import pytest

WORDS = " ".join(f"w{index}" for index in range(2000))
CUTS = 50
QUESTION = {"model": "gpt-5.5", "input": "Hello", "background": True}
RUNNING = ("queued", "in_progress")


@pytest.fixture
def server(serve):
    return serve("chatgpt")


@pytest.fixture
def client(server):
    with openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as opened:
        yield opened


def poll(client, response_id):
    while (response := client.responses.retrieve(response_id)).status in RUNNING:
        time.sleep(0.01)
    return response


def follow(client, response_id, starting_after=-1):
    return client.responses.retrieve(response_id, stream=True, starting_after=starting_after)


def read(stream, most=None):
    """Reads to the end, or as many events and leaves."""
    events = []
    with stream:
        for event in stream:
            events.append(event)
            if len(events) == most:
                break
    return events


def text_of(events):
    return "".join(event.delta for event in events if event.type == "response.output_text.delta")


def wait_for_request(server, before):
    """Waits until a model has been asked."""
    while len(server.requests) == before:
        time.sleep(0.01)


def start_half(client, server):
    """An answer of which the upstream has sent a part."""
    before = len(server.requests)
    server.reply(WORDS, delivery={"pauseAfterBytes": 50_000})
    response = client.responses.create(**QUESTION)
    wait_for_request(server, before)
    return response


def test_polled(client, server):
    queued = start_half(client, server)
    assert queued.status in RUNNING and queued.background and queued.output == []
    assert client.responses.retrieve(queued.id).status in RUNNING
    server.resume()
    done = poll(client, queued.id)
    assert (done.status, done.id, done.output_text) == ("completed", queued.id, WORDS)
    second = client.responses.create(model="gpt-5.5", input="And then?", previous_response_id=queued.id)
    assert second.status == "completed"


def test_followed_while_it_is_made(client, server):
    response = start_half(client, server)
    first = read(follow(client, response.id), most=100)
    rest = follow(client, response.id, first[-1].sequence_number)
    server.resume()
    events = first + read(rest)
    assert events[-1].type == "response.completed"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert text_of(events) == WORDS == events[-1].response.output_text


def test_cut_fifty_times(client, server):
    before = len(server.requests)
    server.reply(WORDS)
    events = read(client.responses.create(**QUESTION, stream=True), most=3)
    response_id = events[0].response.id
    for connection in range(10_000):
        if events[-1].type == "response.completed":
            break
        most = random.randint(1, 60) if connection < CUTS else None
        events += read(follow(client, response_id, events[-1].sequence_number), most)
    assert connection > CUTS / 2
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert text_of(events) == WORDS
    assert len(server.requests) == before + 1


def test_async(server):
    async def ask():
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0) as opened:
            response = await opened.responses.create(**QUESTION)
            stream = await opened.responses.retrieve(response.id, stream=True)
            return text_of([event async for event in stream])

    server.reply(WORDS)
    assert asyncio.run(ask()) == WORDS


def test_cancelled(client, server):
    response = start_half(client, server)
    reader = follow(client, response.id)
    cancelled = client.responses.cancel(response.id)
    assert cancelled.status == "cancelled"
    assert server.was_left()
    assert all(event.type != "response.completed" for event in read(reader))
    assert client.responses.retrieve(response.id).status == "cancelled"


def test_deleted(client, server):
    response = start_half(client, server)
    client.responses.delete(response.id)
    assert server.was_left()
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(response.id)


def test_refused(client, server):
    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(**QUESTION, store=False)
    assert refused.value.param == "store"
    server.refuse(400, {"detail": "The prompt is not good."})
    failed = poll(client, client.responses.create(**QUESTION).id)
    assert failed.status == "failed" and "not good" in failed.error.message
    with pytest.raises(openai.BadRequestError):
        follow(client, failed.id, 99_999)
