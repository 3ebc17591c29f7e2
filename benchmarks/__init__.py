"""Measurements of the running service and of its parts.

- Every figure comes from this run on this machine, so only ratios within one table mean much.
- The service under load is a real ``credhub serve`` with the settings of production.
- The client is a process of its own that does as little as it can.
- Nothing in ``src`` measures itself: timers are here.
"""
