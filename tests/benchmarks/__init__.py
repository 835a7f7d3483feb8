"""What the blocks and the transmission cost, measured against floors: `python -m tests.benchmarks`.

Times are ratios between two things done in the same minutes on the same machine, and never
asserted; what is asserted, counts of queries and requests, is in `test_gates`
and `tests/blocks/test_cost.py`.
"""
