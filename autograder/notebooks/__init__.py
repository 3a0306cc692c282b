"""Notebooks: made from one source, released and kept by nbgrader, run where nothing leaks."""

import sys

# nbformat brings jsonschema, and that a grammar of addresses in all scripts: a second at every
# start, for a format that no notebook's schema has. jsonschema does without where it is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
