"""Every colour of the program, light and dark, and the steps of space and type."""

LIGHT = {
    "bg": "#F6F7F9",
    "surface": "#FFFFFF",
    "sunken": "#EEF1F5",
    "border": "#D9DEE6",
    "line": "#E6EAF0",
    "btn": "#C0C8D3",
    "edge": "#7B8798",
    "text": "#1B2430",
    "muted": "#55606F",
    "accent": "#0B5CAD",
    "accent_soft": "#E3EEFA",
    "on_accent": "#FFFFFF",
    "ok": "#17703F",
    "ok_soft": "#E2F4EA",
    "warn": "#8A5A00",
    "warn_soft": "#FFF3D6",
    "bad": "#B3261E",
    "bad_soft": "#FCE8E6",
    "nav": "#102A43",
    "nav_text": "#C9D6E4",
    "nav_sel": "#1D4A75",
    "nav_on": "#FFFFFF",
}
DARK = {
    "bg": "#12171D",
    "surface": "#1A2129",
    "sunken": "#0F1419",
    "border": "#2E3946",
    "line": "#27313C",
    "btn": "#3D4A59",
    "edge": "#6B7B8E",
    "text": "#E8EDF3",
    "muted": "#A3B0BF",
    "accent": "#7DB7F0",
    "accent_soft": "#1E3347",
    "on_accent": "#0B1A28",
    "ok": "#6FD19B",
    "ok_soft": "#16301F",
    "warn": "#F2C063",
    "warn_soft": "#3A2C0C",
    "bad": "#F29B94",
    "bad_soft": "#3F1B18",
    "nav": "#0C1117",
    "nav_text": "#A9B8C8",
    "nav_sel": "#1B3049",
    "nav_on": "#FFFFFF",
}
TEXT_PAIRS = (
    ("text", "bg"),
    ("text", "surface"),
    ("text", "sunken"),
    ("muted", "bg"),
    ("muted", "surface"),
    ("muted", "sunken"),
    ("accent", "surface"),
    ("accent", "accent_soft"),
    ("text", "accent_soft"),
    ("muted", "accent_soft"),
    ("on_accent", "accent"),
    ("ok", "ok_soft"),
    ("warn", "warn_soft"),
    ("bad", "bad_soft"),
    ("bad", "surface"),
    ("nav_text", "nav"),
    ("nav_on", "nav_sel"),
)
AVATARS = ("#0B5CAD", "#1D7F4A", "#8A3FA6", "#B35C00", "#00717A", "#A63D57", "#4B5BB5", "#6B6B1D")
TITLE, CARD_TITLE, BODY, SMALL = 22, 15, 13, 12
SCALES = (100, 125, 150, 175, 200)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
