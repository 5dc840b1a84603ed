"""What is above the forms: name, the demo's banner, and places that `static/bar.js` fills."""

from html import escape

from imagestudio.core.settings import Settings
from imagestudio.providers import PROVIDERS
from imagestudio.ui.locale import Texts
from imagestudio.ui.theme import ICON


def bar(settings: Settings, texts: Texts) -> str:
    """As it is before the browser knows its visitor, as HTML."""
    name = f'<div class="name">{ICON.read_text()}<h1>{escape(texts.title)}</h1></div>'
    end = (
        '<div class="bar-end" id="bar-end"><span id="bar-today"></span><span id="bar-login"></span>'
        f'<button type="button" class="quiet" data-opens-keys>{KEY_ICON}'
        f'<span>{escape(texts.forms["keys"])}</span></button><span id="bar-theme"></span></div>'
    )
    return f'{name}{end}{_demo_banner(settings, texts)}<div id="studio-notices"></div>'


def _demo_banner(settings: Settings, texts: Texts) -> str:
    """Hidden where the visitor most likely is in no demo: the browser corrects it once it knows."""
    forced = settings.sandbox == "on"
    links = [
        f'<a href="{escape(kind.key_page)}" target="_blank" rel="noreferrer">{escape(kind.title)}</a>'
        for kind in PROVIDERS.values()
    ]
    bring = (
        f'<button type="button" class="link" data-opens-keys>{escape(texts.forms["add_key"])}</button>'
        f'<span class="get">{escape(texts.forms["get_key"])} {" · ".join(links)}</span>'
    )
    return (
        f'<div class="demo" role="note"{"" if settings.demo else " hidden"}>'
        f"<strong>{escape(texts.demo_title)}</strong> <span>{escape(texts.demo)}</span> "
        f"<span>{escape(texts.go_live_forced if forced else texts.go_live)}</span> "
        f"{'' if forced else bring}</div>"
    )


KEY_ICON = (
    '<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="m15.5 7.5 2.3 2.3a1 1 0 0 0 1.4 0l2.1-2.1a1 1 0 0 0 0-1.4L19 4M21 2l-9.6 9.6"/>'
    '<circle cx="7.5" cy="15.5" r="5.5"/></svg>'
)
