"""Texts that try to leave a page, for prompts, cases and answers."""

HOSTILE = (
    "</script><script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 2'>",
    "<!--<script>",
    "]]>\u2028\u2029&lt;b&gt;",
    "\u202ereversed\u202c \x1b[31m \x00",
    "javascript:window.hit=3",
    "{{constructor.constructor('window.hit=4')()}} ${window.hit=5} `${window.hit=6}`",
    "<style>*{display:none}</style><base href='http://192.0.2.1/'><meta http-equiv=refresh content='0;url=http://192.0.2.1/'>",
    "\ud800 lone",
    "__proto__",
)
