"""The reference for people: Swagger UI, from the studio's own address.

Its files are those that the package fastapi-offline carries: it keeps up with Swagger UI's releases, and
nothing is loaded from elsewhere.
"""

from base64 import b64encode
from hashlib import sha256

from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from imagestudio.api.responses import GuardedRoute

START = """
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  validatorUrl: null,
});
"""
STYLE = "body { margin: 0; }"
PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Image Studio: API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<style>{STYLE}</style>
</head>
<body>
<main id="reference"></main>
<noscript><p>This page needs JavaScript. For programs: <a href="openapi.json">openapi.json</a>.</p></noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script>{START}</script>
</body>
</html>
"""
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' 'sha256-{b64encode(sha256(START.encode()).digest()).decode()}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


@router.get("/docs")
async def docs() -> Response:
    """The page."""
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})


@router.get("/docs/")
async def docs_with_a_slash() -> Response:
    """The page's links are relative: its address has no slash at the end."""
    return RedirectResponse("../docs")


def add_docs(app: FastAPI) -> None:
    """Serve Swagger UI's own files beside it."""
    app.mount("/docs", StaticFiles(packages=[("fastapi_offline", "static")]), name="docs")
