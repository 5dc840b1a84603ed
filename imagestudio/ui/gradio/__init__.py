"""All that guards, works around or reaches into Gradio. Each file says after "Relies on" what of Gradio it
needs; `tests/ui/gradio/test_reliances.py` holds the installed version to it, by name.

In front of Gradio's app, in the order in which a request meets them (`mount.py`):
    head_injector    the page's head: language, preloads, data        reads Gradio's HTML
    route_allowlist  which of its addresses are open                  its list of routes
    call_guard       whose call it is, and what it names              its calls' bodies
    asset_cache      its scripts and styles, read once                its folder of assets

Beside it:
    endpoints        the tools for gradio_client                      `gradio.events.api`
    sessions         whose sessions, uploads and answers              `session_hash`
    file_exchange    uploads, and pictures that are lent              its form of a file
    file_routes      its addresses for files, served by the studio    its clients' requests
    login            the login with Hugging Face                      its button and cookie

Elsewhere, for every request: `hosts.TrustedHosts` takes away a header that Gradio would believe, the CORS
middleware keeps Gradio from adding its own, `csp` allows what its page needs, and
`core.settings.prepare_gradio` sets what it reads from the environment when it is imported.
"""
