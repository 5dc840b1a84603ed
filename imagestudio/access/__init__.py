"""Who a request is: an API key, a Hugging Face login, the session of a page, or of a program's calls."""
