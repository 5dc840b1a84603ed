"""The MCP server of agents, over the same functions as gradio_client: `ui/tools.py`."""
