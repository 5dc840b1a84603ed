"""What the page shows, and what gradio_client and agents call."""
