"""Names that try to run code, break the page or become formulas."""

from __future__ import annotations

NAMES = (
    "{{7*7}}<img src=x onerror=alert(1)>${1}{% x",
    "{{ cycler.__init__.__globals__.os.system('touch /tmp/batu_geo_was_here') }}",
    "{% for x in y %}{% endraw %}{# komentar",
    "</script><script>window.pwned=1</script>",
    "`${window.pwned=1}`",
    "A${window.pwned=1}B",
    '"onmouseover=window.pwned=1 x="',
    "'-window.pwned=1-'",
    "<svg onload=window.pwned=1>",
    "C:\\data\\20190221\\u0041\\",
    '=HYPERLINK("http://evil","x")',
    "@SUM(1+1)",
    "Desa &lt;b&gt; & 'Beji' \"Junrejo\"",
    "0123456789abcdef0123456789abcdef",
    "\u202egnirts desrever\u202c \U0001f3e5",
)
