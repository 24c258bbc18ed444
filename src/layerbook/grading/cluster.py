"""A Dask cluster as the place where submissions run.

Source: the documentation of Dask, "Futures" and "Client.get_executor". A task whose worker dies is given to
another one by the scheduler; its result comes back once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from distributed import Client

from layerbook.errors import LayerbookError

CONNECT_SECONDS = 10


class ClusterExecutor:
    """The part of `concurrent.futures.Executor` that the driver uses, and how much runs at the same time."""

    def __init__(self, client: Client, retries: int) -> None:
        """Use the workers that `client` has now."""
        self._executor = client.get_executor(pure=False, retries=retries)  # type: ignore[no-untyped-call]
        self.size = sum(worker["nthreads"] for worker in client.scheduler_info()["workers"].values())
        self.submit = self._executor.submit

    def close(self) -> None:
        """Give up what has not run."""
        self._executor.shutdown(wait=False)


@contextlib.contextmanager
def executor_of(address: str, retries: int) -> Iterator[Any]:
    """The executor of the cluster at `address`. Raises `LayerbookError` if there is none, or nobody in it."""
    try:
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout=CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, ValueError, TimeoutError) as error:
        raise LayerbookError(
            f"There is no Dask scheduler at {address} ({error}); start one with `dask scheduler`."
        ) from None
    with client:
        executor = ClusterExecutor(client, retries)
        if not executor.size:
            raise LayerbookError(
                f"The Dask scheduler at {address} has no workers; start some with `dask worker {address}`."
            )
        try:
            yield executor
        finally:
            executor.close()
