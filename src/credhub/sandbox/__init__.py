"""Killable worker processes, for work on what strangers send.

Invariants:
- A request ends in time: with an answer, with a refusal, or with its worker killed.
- A worker inherits no environment, no secret and no open file of the service.
- A worker reaches no network, and is killed when it tries.
- What crosses the pipes is bytes in frames of known length; nothing is unpickled.
- Whatever a worker does, the next request finds a working one.
- At most ``workers`` processes run and a bounded number of callers wait.
- A worker ends when its parent does, even in the middle of a request.
"""
