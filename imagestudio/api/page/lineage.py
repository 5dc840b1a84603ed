"""How a picture came about, and what came of it."""

from typing import Any

from imagestudio.core.errors import NotFound
from imagestudio.studio.lineage import Node, run_of, tree_around
from imagestudio.studio.service import Studio


async def lineage_view(studio: Studio, file_id: str) -> dict[str, Any]:
    """The tree of edits around a picture, parents first. `shown` says whether a picture is still there;
    `path` names the pictures from the first one to this."""
    jobs = await studio.edit_family(file_id)
    tree = tree_around(file_id, map(run_of, jobs))
    gone = {file.id for job in jobs for file in job.files if file.gone is not None}
    if tree.root.run is None and not await _is_there(studio, tree.root.file):
        gone.add(tree.root.file)
    return {
        "nodes": [_node_view(node, shown=node.file not in gone) for node in tree.nodes],
        "path": [node.file for node in tree.path(file_id)],
        "total_usd": tree.total_usd,
    }


async def _is_there(studio: Studio, file_id: str) -> bool:
    try:
        await studio.file(file_id)
    except NotFound:
        return False
    return True


def _node_view(node: Node, *, shown: bool) -> dict[str, Any]:
    run = node.run
    return {
        "id": node.file,
        "parent": node.parent,
        "depth": node.depth,
        "shown": shown,
        "job_id": run.job_id if run else None,
        "prompt": run.prompt if run else None,
        "model": run.model if run else None,
        "usd": run.usd if run else None,
        "path_usd": node.path_usd,
    }
