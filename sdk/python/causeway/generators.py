"""Spans around generator functions: begun at the first step, ended with the generator, and current only while its body runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from functools import wraps
from typing import Any

from causeway import _tap, spans


class _Paused:
    """A generator's span: begun once, switched on and off around each step of the body."""

    __slots__ = ("context", "token")

    def __init__(self, name: str, attributes: dict[str, Any]) -> None:
        self.context = None
        self.token = None
        opened = spans.enter(name, attributes, None)
        if opened is not None:
            self.context, self.token = opened.context, opened.token

    def on(self) -> None:
        if self.context is not None and self.token is None:
            self.token = spans.current.set(self.context)

    def off(self) -> None:
        if self.token is not None:
            spans.reset(self.token)
            self.token = None

    def end(self, kind: type[BaseException] | None) -> None:
        self.off()
        if self.context is not None and _tap.active():
            spans.leave(spans.Open(self.context, None, None), None if kind is GeneratorExit else kind)


def traced(function: Callable[..., Generator[Any, Any, Any]], name: str, attributes: dict[str, Any]) -> Callable[..., Generator[Any, Any, Any]]:
    """`@trace` for a generator function: sends, throws, closes and returns as the original does (PEP 380)."""

    @wraps(function)
    def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        body = function(*args, **kwargs)
        span = _Paused(name, attributes)
        step, given = body.send, None
        try:
            while True:
                try:
                    span.on()
                    item = step(given)
                except StopIteration as stop:
                    span.end(None)
                    return stop.value
                finally:
                    span.off()
                try:
                    step, given = body.send, (yield item)
                except GeneratorExit:
                    body.close()
                    raise
                except BaseException as error:
                    step, given = body.throw, error
        except BaseException as error:
            span.end(type(error))
            raise

    return generator


def traced_async(function: Callable[..., AsyncGenerator[Any, Any]], name: str, attributes: dict[str, Any]) -> Callable[..., AsyncGenerator[Any, Any]]:
    """`@trace` for an async generator function."""

    @wraps(function)
    async def generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        body = function(*args, **kwargs)
        span = _Paused(name, attributes)
        step, given = body.asend, None
        try:
            while True:
                try:
                    span.on()
                    item = await step(given)
                except StopAsyncIteration:
                    span.end(None)
                    return
                finally:
                    span.off()
                try:
                    step, given = body.asend, (yield item)
                except GeneratorExit:
                    await body.aclose()
                    raise
                except BaseException as error:
                    step, given = body.athrow, error
        except BaseException as error:
            span.end(type(error))
            raise

    return generator
