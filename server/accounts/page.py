"""The sign-in page that the person's own browser shows."""

import html

from fastapi.responses import HTMLResponse

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
_STYLE = (
    "body{font:16px system-ui;max-width:22rem;margin:4rem auto;padding:0 1rem}"
    "label,input,button{display:block;width:100%;box-sizing:border-box}input{padding:.6rem;margin:.2rem 0 1rem}"
    "button{padding:.7rem;background:#0b5cad;color:#fff;border:0;border-radius:8px}p{color:#b3261e}"
)


def sign_in_page(
    redirect_uri: str, state: str, challenge: str, error: str = "", status: int = 200, wait: float = 0
) -> HTMLResponse:
    """The form, with a sentence when the last try failed; ``wait`` is in seconds until the next one makes sense."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in (("redirect_uri", redirect_uri), ("state", state), ("code_challenge", challenge))
    )
    message = f'<p role="alert">{html.escape(error)}</p>' if error else ""
    text = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<meta name="viewport" content="width=device-width">
<style>{_STYLE}</style>
<h1>Sign in</h1>{message}<form method="post" action="/oauth/authorize">{hidden}
<label>E-mail<input name="email" type="email" autocomplete="username" required autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in and return to TwinDesk</button></form></html>"""
    headers = _HEADERS | ({"Retry-After": str(max(1, round(wait)))} if wait else {})
    return HTMLResponse(text, status, headers)
