"""The only outbound HTTP, and the only resolver.

Invariants:
- A name is resolved once, and what is connected to is what was checked.
- Only https at its usual ports and only public addresses, but for origins that the operator
  configured.
- No redirect is followed, no proxy is taken from the environment, no cookie is kept.
- Time and size of an exchange are bounded as a whole, however slowly or endlessly it drips.
- What did not answer is unknown, never refused: the errors are ``OutcomeUnknownError``.
"""
