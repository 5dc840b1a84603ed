"""What of SVG is shown. Whatever is not named here is left out: scripts, links, animations, embedded
pictures, foreign markup, and every attribute that could name something outside the drawing."""

SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
TEXTS = {"text", "tspan", "textPath"}
GROUPS = {"svg", "g", "defs", "symbol", "use"}
PAINTS = {"linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker"}
PRIMITIVES = {
    "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feDropShadow", "feFlood",
    "feGaussianBlur", "feMerge", "feOffset",
}  # fmt: skip
"""Filter steps whose time grows with the picture's area and with nothing else."""
FILTERS = {"filter", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feMergeNode"} | PRIMITIVES

ELEMENTS = SHAPES | TEXTS | GROUPS | PAINTS | FILTERS
AS_GROUPS = {"a", "switch"}
"""Shown for what they hold: a link leads nowhere, a choice shows everything."""
STYLE = "style"

WEIGHTS = {"mask": 500, "pattern": 500, "clipPath": 20} | dict.fromkeys(PRIMITIVES, 20_000)
"""How much work one is, in plain elements: about what drawing them takes."""

PROPERTIES = {
    "clip-path", "clip-rule", "color", "color-interpolation", "color-interpolation-filters", "direction",
    "display", "dominant-baseline", "fill", "fill-opacity", "fill-rule", "filter", "flood-color",
    "flood-opacity", "font", "font-family", "font-size", "font-stretch", "font-style", "font-variant",
    "font-weight", "isolation", "letter-spacing", "marker", "marker-end", "marker-mid", "marker-start",
    "mask", "mask-type", "mix-blend-mode", "opacity", "overflow", "paint-order", "shape-rendering",
    "stop-color", "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-anchor",
    "text-decoration", "text-rendering", "transform", "transform-box", "transform-origin",
    "unicode-bidi", "vector-effect", "visibility", "word-spacing", "writing-mode",
}  # fmt: skip
"""CSS properties, which SVG takes as attributes too."""

ATTRIBUTES = PROPERTIES | {
    "amplitude", "class", "clipPathUnits", "cx", "cy", "d", "dx", "dy", "exponent", "filterUnits", "fr",
    "fx", "fy", "gradientTransform", "gradientUnits", "height", "id", "in", "in2", "intercept", "k1", "k2",
    "k3", "k4", "lengthAdjust", "markerHeight", "markerUnits", "markerWidth", "maskContentUnits",
    "maskUnits", "method", "mode", "offset", "operator", "orient", "pathLength", "patternContentUnits",
    "patternTransform", "patternUnits", "points", "preserveAspectRatio", "primitiveUnits", "r", "refX",
    "refY", "result", "rotate", "rx", "ry", "side", "slope", "spacing", "spreadMethod", "startOffset",
    "stdDeviation", "style", "tableValues", "textLength", "type", "values", "version", "viewBox", "width",
    "x", "x1", "x2", "y", "y1", "y2",
}  # fmt: skip
POINTING = {"use", "textPath", "linearGradient", "radialGradient", "pattern"}
"""Elements whose `href` counts; it may name a part of the same drawing and nothing else."""
FUNCTIONS = {
    "hsl", "hsla", "matrix", "rgb", "rgba", "rotate", "scale", "scaleX", "scaleY", "skew", "skewX", "skewY",
    "translate", "translateX", "translateY",
}  # fmt: skip
"""What may stand before a bracket in a value, besides a `url` that names a part of the same drawing."""
