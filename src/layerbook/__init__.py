"""Layer by Layer."""

import sys

# jsonschema imports it, if it is there, to check addresses, which no notebook asks for; it takes a second.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
