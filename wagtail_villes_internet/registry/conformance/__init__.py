"""Whether a registry speaks the contract: a fixed list of checks, run against it over HTTP.

    python -m wagtail_villes_internet.registry.conformance URL --siren SIREN --token TOKEN

Each check makes services of its own, under new ids, and what it leaves is withdrawn at the end.
"""
