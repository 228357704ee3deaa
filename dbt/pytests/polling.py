"""Readers that look again and again while a test does something."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def polling(look: Callable, arguments: list[tuple], pause: float) -> Iterator[None]:
    """Calls ``look`` with each of the arguments, side by side, until the end and once more after
    it, with a pause in seconds; what it raises is raised at the end."""
    is_over = threading.Event()

    def poll(*of) -> None:
        is_last = False
        while not is_last:
            is_last = is_over.is_set()
            look(*of)
            time.sleep(pause)

    with ThreadPoolExecutor(len(arguments)) as threads:
        polls = [threads.submit(poll, *of) for of in arguments]
        try:
            yield
        finally:
            is_over.set()
    for each in polls:
        each.result()
