"""The tree of edits around a picture."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestudio.core.job import CallRecord, Job, StoredFile
from imagestudio.studio.lineage import Node, Run, run_of, tree_around
from tests.tables import rows


def run(name: str, source: str | None, *pictures: str, usd: float | None = 0.04, at: float = 0.0) -> Run:
    return Run(name, "edit" if source else "generate", f"prompt of {name}", "m", at, source, pictures, usd)


DRAWN = run("drawn", None, "fox", "fox2", usd=0.06, at=1)
HAT = run("hat", "fox", "hat-1", at=3)
SNOW = run("snow", "fox", "snow-1", usd=None, at=2)
NIGHT = run("night", "hat-1", "night-1", "night-2", usd=0.035, at=4)
FAILED = run("failed", "hat-1", at=5)
ELSEWHERE = run("elsewhere", "other", "other-1")
RUNS = [NIGHT, ELSEWHERE, HAT, FAILED, DRAWN, SNOW]
NODES = (
    Node("fox", None, 0, DRAWN, 0.06),
    Node("snow-1", "fox", 1, SNOW, None),
    Node("hat-1", "fox", 1, HAT, 0.1),
    Node("night-1", "hat-1", 2, NIGHT, 0.135),
    Node("night-2", "hat-1", 2, NIGHT, 0.135),
)


@rows("file", [node.file for node in NODES])
def test_every_picture_of_a_tree_leads_to_the_same_tree(file: str) -> None:
    tree = tree_around(file, RUNS)
    assert tree.nodes == NODES
    assert tree.root == NODES[0]
    assert tree.total_usd is None


def test_a_path_leads_from_the_first_picture() -> None:
    tree = tree_around("fox", RUNS)
    assert [node.file for node in tree.path("night-2")] == ["fox", "hat-1", "night-2"]
    with pytest.raises(KeyError):
        tree.path("other-1")


def test_a_run_counts_once_in_the_total() -> None:
    assert tree_around("fox", [DRAWN, HAT, NIGHT]).total_usd == 0.135


def test_a_picture_that_a_person_brought_costs_nothing() -> None:
    tree = tree_around("other-1", RUNS)
    assert tree.nodes == (Node("other", None, 0, None, 0.0), Node("other-1", "other", 1, ELSEWHERE, 0.04))


def test_a_picture_nobody_knows_stands_alone() -> None:
    tree = tree_around("unknown", RUNS)
    assert (tree.nodes, tree.total_usd) == ((Node("unknown", None, 0, None, 0.0),), 0.0)


def test_a_circle_is_cut() -> None:
    circle = [run("a", "y", "x"), run("b", "x", "y"), run("c", "z", "z")]
    assert {node.file for node in tree_around("x", circle).nodes} == {"x", "y"}
    assert [node.file for node in tree_around("z", circle).nodes] == ["z"]


def test_a_chain_of_thousands_is_no_deeper_than_memory() -> None:
    chain = [run("0", None, "0", usd=1.0)] + [
        run(str(n), str(n - 1), str(n), usd=1.0) for n in range(1, 5_000)
    ]
    tree = tree_around("2500", chain)
    assert (tree.nodes[-1].depth, tree.nodes[-1].path_usd) == (4_999, 5_000.0)
    assert len(tree.path("4999")) == 5_000


@given(st.lists(st.integers(0, 30), max_size=30), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_any_forest_falls_into_trees(parents: list[int], dice: random.Random) -> None:
    runs = [run(f"r{n}", f"p{min(parent, n)}", f"p{n + 1}", at=n) for n, parent in enumerate(parents)]
    dice.shuffle(runs)
    tree = tree_around("p0", runs)
    assert {node.file for node in tree.nodes} == {"p0"} | {
        picture for each in runs for picture in each.pictures
    }
    seen: set[str | None] = {None}
    for node in tree.nodes:
        assert node.parent in seen
        assert node.path_usd == pytest.approx(0.04 * node.depth)
        seen.add(node.file)


def test_a_jobs_part_is_what_it_really_cost() -> None:
    file = StoredFile("f1", "result", "n", "image/png", 1, 1, 1, "s", 0.0, "me")
    fields: dict[str, Any] = {"demo": False, "asked": {}, "controls": {}, "response_format": "auto"}
    job = Job(
        **fields,
        id="j1",
        owner="me",
        task="edit",
        status="succeeded",
        model="m",
        provider="p",
        served_by=None,
        created_at=9.0,
        prompt="hat",
        input_file="f0",
        estimated_usd=0.05,
        files=(file,),
    )
    call = CallRecord("j1", 0, "e", {}, charged="yes")
    estimated = Run("j1", "edit", "hat", "m", 9.0, "f0", ("f1",), 0.05)
    assert run_of(replace(job, calls=(call,))) == estimated
    assert run_of(replace(job, calls=(replace(call, reported_usd=0.04),))) == replace(estimated, usd=0.04)
    assert run_of(replace(job, calls=(replace(call, charged="no"),))) == replace(estimated, usd=0.0)
    assert run_of(replace(job, calls=(call,), estimated_usd=None)) == replace(estimated, usd=None)
