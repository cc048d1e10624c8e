"""How static files are stored for production."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


def names_a_source_map(pattern: Any) -> bool:
    """Tell whether a rewrite pattern of Django's looks for a sourceMappingURL."""
    expression = pattern if isinstance(pattern, str) else pattern[0]
    return "sourceMappingURL" in expression


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """Hashed and compressed files, without following source maps.

    Packages name maps that they do not ship, and the stock class refuses to collect them.
    """

    patterns = tuple(
        (extension, tuple(p for p in patterns if not names_a_source_map(p)))
        for extension, patterns in CompressedManifestStaticFilesStorage.patterns
    )
