"""How the providers answered, counted."""

from collections import Counter

import httpx


class Tally:
    """Answers since the start, by provider and HTTP status. Downloads through the same client count."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()

    def watch(self, provider: str, client: httpx.AsyncClient) -> httpx.AsyncClient:
        """The client, each answer to which is counted as this provider's."""

        async def count(response: httpx.Response) -> None:
            self.answers[provider, response.status_code] += 1

        client.event_hooks["response"].append(count)
        return client
