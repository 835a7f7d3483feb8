"""Whether the addresses that services lead to still answer."""
