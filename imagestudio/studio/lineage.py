"""How pictures came out of one another: the tree of edits around a file, and what each branch cost."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imagestudio.core.job import Job
from imagestudio.core.request import Task


@dataclass(frozen=True, slots=True)
class Run:
    """A job as far as its pictures' descent goes."""

    job_id: str
    task: Task
    prompt: str
    model: str
    created_at: float
    source: str | None
    """The file that was edited."""
    pictures: tuple[str, ...]
    """The files that came out; none where it brought no picture."""
    usd: float | None
    """What the whole run cost; None where that is unknown."""


@dataclass(frozen=True, slots=True)
class Node:
    """A picture in the tree."""

    file: str
    parent: str | None
    """The picture that was edited into it; None for the first."""
    depth: int
    """Edits since the first."""
    run: Run | None
    """What made it; None for a picture that a person brought."""
    path_usd: float | None
    """What it took to come here: the runs from the first picture to this one, each whole however many
    pictures it made. None as soon as one of them is unknown."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The pictures that share a first one: parents before their edits, earlier before later branches."""

    nodes: tuple[Node, ...]
    total_usd: float | None
    """Every run in the tree, once; None where one of them is unknown."""

    @property
    def root(self) -> Node:
        """The first picture."""
        return self.nodes[0]

    def path(self, file: str) -> tuple[Node, ...]:
        """From the first picture to this one. Raises `KeyError` for a file that is not in the tree."""
        by_file = {node.file: node for node in self.nodes}
        way = [by_file[file]]
        while (parent := way[-1].parent) is not None:
            way.append(by_file[parent])
        return tuple(reversed(way))


def run_of(job: Job) -> Run:
    """A job's part in the tree. What its provider said it charged wins over the estimate, which says of the
    demo's what they would cost."""
    usd = job.reported_usd if job.reported_usd is not None else job.estimated_usd
    if job.charged == "no" and not job.demo:
        usd = 0.0
    pictures = tuple(file.id for file in job.files if file.kind == "result")
    return Run(job.id, job.task, job.prompt, job.model, job.created_at, job.input_file, pictures, usd)


def tree_around(file: str, runs: Iterable[Run]) -> Tree:
    """The tree that a file belongs to, among one owner's runs in any order.

    Takes time in proportion to the runs, but for sorting branches of the same picture. Edits can't go in
    circles; if a damaged record says so, the circle is cut where it closes.
    """
    maker: dict[str, Run] = {}
    edits: defaultdict[str, list[Run]] = defaultdict(list)
    for run in runs:
        maker.update(dict.fromkeys(run.pictures, run))
        if run.source is not None:
            edits[run.source].append(run)
    nodes = _descendants(_first(file, maker), maker, edits)
    made = {node.run.job_id: node.run for node in nodes if node.run is not None}
    return Tree(tuple(nodes), _sum(run.usd for run in made.values()))


def _first(file: str, maker: Mapping[str, Run]) -> str:
    seen = {file}
    while (run := maker.get(file)) is not None and run.source is not None and run.source not in seen:
        file = run.source
        seen.add(file)
    return file


def _descendants(first: str, maker: Mapping[str, Run], edits: Mapping[str, list[Run]]) -> list[Node]:
    made_by = maker.get(first)
    waiting = [Node(first, None, 0, made_by, 0.0 if made_by is None else made_by.usd)]
    seen, nodes = {first}, []
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        children = []
        for run in sorted(edits.get(node.file, ()), key=lambda run: (run.created_at, run.job_id)):
            for picture in run.pictures:
                if picture not in seen:
                    seen.add(picture)
                    usd = _sum((node.path_usd, run.usd))
                    children.append(Node(picture, node.file, node.depth + 1, run, usd))
        waiting += reversed(children)
    return nodes


def _sum(costs: Iterable[float | None]) -> float | None:
    known = list(costs)
    return None if None in known else round(sum(usd for usd in known if usd is not None), 6)
