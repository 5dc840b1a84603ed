"""The one key that a job was lent: in memory while it runs, sealed where it must survive a restart."""

from pydantic import SecretStr

from imagestudio.access.key_vault import KeyVault, Sealer
from imagestudio.core.job import OWN, Job
from imagestudio.store.jobs import JobStore


class JobKeys:
    """Keys by job. Without a `sealer` they are in memory only, and go with the process."""

    def __init__(self, store: JobStore, vault: KeyVault, sealer: Sealer | None) -> None:
        self._store = store
        self._vault = vault
        self._sealer = sealer
        self._held: dict[str, SecretStr] = {}

    def __repr__(self) -> str:
        return f"JobKeys({len(self._held)} jobs)"

    def seal(self, job_id: str, key: SecretStr | None) -> bytes | None:
        """What the database keeps of a key; None where it keeps nothing."""
        return self._sealer.seal(job_id, key) if self._sealer and key is not None else None

    def hold(self, job_id: str, key: SecretStr | None) -> None:
        """Lend a key to a job, until `drop`."""
        if key is not None:
            self._held[job_id] = key

    def drop(self, job_id: str) -> None:
        """The job runs no more."""
        self._held.pop(job_id, None)

    def of(self, job: Job) -> SecretStr | None:
        """The key that a job may use: its own, else what its owner has given the page since."""
        return self._held.get(job.id) or self._vault.keys(job.owner).get(key_name(job))

    async def recover(self, job: Job) -> None:
        """Open what an earlier process sealed for a job, if it did and if that can be opened."""
        if job.payer not in OWN or self._sealer is None or job.id in self._held:
            return
        sealed = await self._store.sealed_key(job.id)
        self.hold(job.id, self._sealer.open(job.id, sealed) if sealed is not None else None)


def key_name(job: Job) -> str:
    """Whose key a job needs: its provider's, or Hugging Face's."""
    return "huggingface" if job.payer == "huggingface" else job.provider
